/** Seals and chains: the golden vectors that Python reads too. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonical, utf8 } from "../companion/canonical";
import { type Seal, between, emptySummary, endOf, genesis, sealHash, sealText, withLink } from "../companion/seal";

interface Golden {
  session: string;
  device: string;
  track: string;
  genesis: string;
  head: string;
  summary: object;
  links: { canonical: string; hash: string; metadata: string }[];
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}`, import.meta.url), "utf8"));
const { chains } = read("chains.json") as { chains: Golden[] };

describe.each(chains)("the chain of $track", (chain) => {
  test("genesis, forms, hashes and sums", async () => {
    let sum = emptySummary(await genesis(chain.session, chain.device, chain.track));
    expect(sum.head).toBe(chain.genesis);
    for (const link of chain.links) {
      const { v: _, ...seal } = JSON.parse(link.canonical) as Seal & { v: number };
      expect(sealText(seal)).toBe(link.canonical);
      expect(seal.prev).toBe(sum.head);
      const hash = await sealHash(sealText(seal));
      expect(hash).toBe(link.hash);
      expect(`seal ${Buffer.from(utf8(link.canonical)).toString("base64")}`).toBe(link.metadata);
      sum = withLink(sum, seal, hash);
    }
    expect(sum).toEqual(chain.summary);
  });
});

const moment = { boot_id: "a", boot_ns: "9000000000000000", center_ms: 1000, center_est: false, wall_ms: 5000 };
const later = (ms: number) => ({
  ...moment,
  boot_ns: String(BigInt(moment.boot_ns) + BigInt(ms) * 1_000_000n),
  center_ms: moment.center_ms + ms,
  wall_ms: moment.wall_ms + ms,
});

describe("time between two links", () => {
  test("a link ends where its duration says, in every clock", () => {
    expect(endOf({ ...moment, duration_ms: 4000 } as Seal)).toEqual(later(4000));
  });
  test("within one life of the page its own clock tells", () => {
    expect(between(moment, { ...later(700), wall_ms: 0 }, false)).toBe(700);
  });
  test("a clock that may have stood still is not believed alone", () => {
    expect(between(moment, { ...later(700), wall_ms: 65_000 }, true)).toBe(60_000);
  });
  test("in another life center time tells, the wall clock only where center time is a guess", () => {
    const other = { ...later(30_000), boot_id: "b", boot_ns: "1", wall_ms: 6000 };
    expect(between(moment, other, false)).toBe(30_000);
    expect(between(moment, { ...other, center_est: true }, false)).toBe(1000);
  });
  test("never negative", () => {
    expect(between(later(500), moment, true)).toBe(0);
  });
});

test("canonical JSON: order by code units, no blanks, whole numbers only", () => {
  expect(canonical({ b: [1, true, null], a: "é\"\n", "\u{1f600}": 0, "\uffff": -0 })).toBe(
    '{"a":"é\\"\\n","b":[1,true,null],"\u{1f600}":0,"\uffff":0}',
  );
  expect(() => canonical(1.5)).toThrow(RangeError);
  expect(() => canonical(2 ** 53)).toThrow(RangeError);
});
