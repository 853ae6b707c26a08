/** The phone's pure rules: retry, links and codes, the pan, wellness, forecasts, time, ids. */
import { describe, expect, test } from "vitest";
import { bindingOf } from "../companion/binder";
import { retryAfter } from "../companion/center";
import { Clock, stepOf } from "../companion/clock";
import { lengthMs } from "../companion/length";
import { begun } from "../companion/segmenter";
import { batteryLeft, storageLeft } from "../companion/forecast";
import { foreignHost, secretOf, tidyCode } from "../companion/link";
import { Pan } from "../companion/pan";
import { backoff, decide } from "../companion/retry";
import { answers } from "../companion/snapshot";
import type { Binding, Pending } from "../companion/store";
import { uuid7 } from "../companion/uuid";
import { Judge, LOOK_MS, type Sample, type Wellness } from "../companion/wellness";
import type { Bound, CompanionView } from "../companion/wire";

describe("retry", () => {
  test("back-off grows, has jitter, and has an end", () => {
    for (const attempt of [0, 3, 10, 1000]) {
      expect(backoff(attempt, 0)).toBeGreaterThan(0);
      expect(backoff(attempt, 0.999)).toBeLessThanOrEqual(30_000);
    }
    expect(backoff(5, 0.9)).toBeGreaterThan(backoff(1, 0.9));
  });
  test("every answer has its next step", () => {
    expect(decide(410, 0, null, 0.5)).toMatchObject({ anew: true, token: false });
    expect(decide(404, 0, null, 0.5)).toMatchObject({ anew: true });
    expect(decide(401, 0, null, 0.5)).toMatchObject({ anew: false, token: true });
    expect(decide(409, 0, null, 0.5)).toMatchObject({ anew: false, token: false });
    expect(decide(423, 0, null, 0.5)).toMatchObject({ anew: false });
    expect(decide(503, 0, 9000, 0.1).wait_ms).toBe(9000);
    expect(decide(null, 0, null, 0.5).wait_ms).toBeLessThan(1000);
    expect(decide(403, 0, null, 0.5).wait_ms).toBeGreaterThanOrEqual(30_000);
  });
  test("Retry-After in seconds, else nothing", () => {
    expect([retryAfter("7"), retryAfter(""), retryAfter(null), retryAfter("soon")]).toEqual([7000, null, null, null]);
  });
});

describe("what was scanned", () => {
  const origin = "https://center.test";
  test("this center's link gives its secret", () => {
    expect(secretOf(`${origin}/companion#AbCdEfGhIjKlMnOpQrStUv`, origin)).toBe("AbCdEfGhIjKlMnOpQrStUv");
  });
  test.each(["", "hello", `${origin}/companion`, `${origin}/other#AbCdEfGhIjKlMnOpQrStUv`, "https://else.test/companion#AbCdEfGhIjKlMnOpQrStUv", `${origin}/companion#<b>`])(
    "%j gives none",
    (text) => expect(secretOf(text, origin)).toBeNull(),
  );
  test("another center is named", () => {
    expect(foreignHost("https://else.test/companion#AbCdEfGhIjKlMnOpQrStUv", origin)).toBe("else.test");
    expect(foreignHost(`${origin}/companion#x`, origin)).toBeNull();
    expect(foreignHost("javascript:alert(1)", origin)).toBeNull();
  });
  test("a typed code forgives case, blanks and look-alikes", () => {
    expect(tidyCode(" abcd efgh ")).toBe("ABCD-EFGH");
    expect(tidyCode("oil1")).toBe("0111");
    expect(tidyCode("abcdefghjkm")).toBe("ABCD-EFGH");
  });
});

describe("the pan", () => {
  const round = (degrees: number, ms: number) => {
    const pan = new Pan(0);
    for (let at = 0; at <= ms; at += 50) pan.turn((at / ms) * degrees, at);
    return pan.state(ms);
  };
  test("a whole slow circle is done, half of one is not", () => {
    expect(round(360, 20_000)).toMatchObject({ done: true, by: "motion", fast: false });
    expect(round(180, 20_000).done).toBe(false);
  });
  test("spinning round is too fast, and not done early", () => {
    expect(round(720, 3000)).toMatchObject({ done: false, fast: true });
  });
  test("backward counts as well", () => expect(round(-360, 20_000).done).toBe(true));
  test("without direction the time tells", () => {
    const pan = new Pan(0);
    expect(pan.state(10_000)).toMatchObject({ by: "time", done: false });
    expect(pan.state(30_000)).toMatchObject({ by: "time", done: true });
  });
  test("a sensor that never moves is no sensor", () => {
    const pan = new Pan(0);
    for (let at = 0; at < 40_000; at += 100) pan.turn(90, at);
    expect(pan.state(30_000)).toMatchObject({ by: "time", done: true });
  });
});

describe("wellness", () => {
  const watch = (seconds: number, make: (look: number) => Partial<Sample>): { state: Wellness; after_ms: number } => {
    const judge = new Judge();
    judge.reset(0);
    for (let look = 1; look * LOOK_MS <= seconds * 1000; look += 1) {
      const at = look * LOOK_MS;
      const state = judge.look({ at, picture: { sum: look, luma: 90 }, frames: look * 7, peak: 0.01, ...make(look) });
      if (state !== "well") return { state, after_ms: at };
    }
    return { state: "well", after_ms: 0 };
  };
  test("a living picture with sound is well", () => expect(watch(60, () => ({})).state).toBe("well"));
  test.each([
    ["frozen: pictures stop coming", { frames: 3 }, "frozen"],
    ["frozen: the same picture again and again", { picture: { sum: 5, luma: 90 } }, "frozen"],
    ["frozen: no picture at all", { picture: null, frames: 3 }, "frozen"],
    ["black", { picture: { sum: 5, luma: 2 } }, "black"],
    ["silent", { peak: 0 }, "silent"],
  ] as const)("%s within five seconds", (_name, sample, state) => {
    const found = watch(10, () => sample);
    expect(found.state).toBe(state);
    expect(found.after_ms).toBeLessThan(5000);
  });
  test("sound that cannot be looked at is not called silent", () => expect(watch(20, () => ({ peak: null })).state).toBe("well"));
  test("a moment of black is nothing", () => {
    expect(watch(30, (look) => ({ picture: { sum: look, luma: look % 6 === 0 ? 80 : 2 } })).state).toBe("well");
  });
});

describe("forecasts", () => {
  test("battery", () => {
    expect(batteryLeft({ at: 0, level: 0.9, charging: false }, { at: 3_600_000, level: 0.6, charging: false })).toBeCloseTo(7_200_000);
    expect(batteryLeft({ at: 0, level: 0.9, charging: false }, { at: 1, level: 0.9, charging: false })).toBeNull();
    expect(batteryLeft({ at: 0, level: 0.9, charging: false }, { at: 9, level: 0.5, charging: true })).toBeNull();
  });
  test("storage, by what was wanted and then by what came", () => {
    expect(storageLeft(80_000, 0, 0, 640_000)).toBe(1000);
    expect(storageLeft(1_000_000, 1_000_000, 60_000, 640_000)).toBeCloseTo(60_000);
  });
});

describe("scanned again", () => {
  const answer = (ended: boolean) => ({ facts: { session: "s" }, view: { ended } }) as unknown as Bound;
  const pending = { device: "d", secret: "x", key: {} } as unknown as Pending;
  const ended = { by: "order", center_ms: 1, center_est: false } as const;
  const before = (more: object) => ({ session: "s", device: "d", since_ms: 7, ended: null, cleared: false, ...more }) as unknown as Binding;
  test("whoever films goes on where it was", () => {
    expect(bindingOf(answer(false), pending, before({ step: "filming" }), 0)).toMatchObject({ step: "filming", since_ms: 7 });
    expect(bindingOf(answer(true), pending, before({ step: "pan" }), 0).step).toBe("pan");
  });
  test("a stopped phone films again, unless the session is over", () => {
    const stopped = before({ step: "stopped", ended, cleared: true });
    expect(bindingOf(answer(false), pending, stopped, 0)).toMatchObject({ step: "ready", ended: null, cleared: false });
    expect(bindingOf(answer(true), pending, stopped, 0)).toMatchObject({ step: "stopped", ended, cleared: true });
  });
  test("a phone that is new here begins", () => {
    expect(bindingOf(answer(false), pending, undefined, 3)).toMatchObject({ step: "ready", device: "d", offset_ms: 3 });
  });
});

describe("nothing sounds while somebody answers", () => {
  const view = (more: object) =>
    ({ answering: false, ended: false, batch_start_ms: 1000, facts: { scheduled_end_ms: 5000, extra_ms: 500 }, ...more }) as unknown as CompanionView;
  test("with a line the center says it", () => {
    expect(answers(view({ answering: true }), true, 0)).toBe(true);
    expect(answers(view({}), true, 2000)).toBe(false);
    expect(answers(null, true, 2000)).toBe(false);
  });
  test("without one the schedule does, extra time included", () => {
    expect([999, 1000, 5499, 5500].map((at) => answers(view({}), false, at))).toEqual([false, true, true, false]);
    expect(answers(view({ ended: true, answering: true }), false, 2000)).toBe(false);
  });
});

describe("time", () => {
  const source = { origin: 1_700_000_000_000, now: () => 1000, wall: () => 1_700_000_001_000 };
  test("center time is an estimate until the center told it, and again after a doubt", () => {
    let now = 1000;
    const clock = new Clock("boot", 250, { ...source, now: () => now, wall: () => source.origin + now });
    expect(clock.centerAt(now)).toEqual({ center_ms: source.origin + 1250, center_est: true });
    clock.learn(2_000_000_000_000, 900);
    expect(clock.centerAt(950)).toEqual({ center_ms: 2_000_000_000_000, center_est: false });
    now = 5000;
    expect(clock.centerAt(now).center_ms).toBe(2_000_000_004_050);
    clock.doubt();
    expect(clock.centerAt(now)).toEqual({ center_ms: 2_000_000_004_050, center_est: true });
  });
  test("a slow answer does not replace what a quick one said, unless they disagree or it is old", () => {
    let now = 1000;
    const clock = new Clock("boot", 0, { ...source, now: () => now, wall: () => source.origin + now });
    clock.learn(10_000, 980); // at 990, wrong by 10 at most
    now = 2000;
    clock.learn(10_900, 1000); // at 1500 by half a second: both say the same
    expect(clock.centerAt(2000).center_ms).toBe(11_010);
    clock.learn(50_000, 1000); // the center's clock was set
    expect(clock.centerAt(1500).center_ms).toBe(50_000);
    now = 20_000_000;
    clock.learn(20_048_100, now - 1000); // hours later even a slow answer says more
    expect(clock.centerAt(now).center_ms).toBe(20_048_600);
  });
  test("the boot clock is whole nanoseconds in decimal", () => {
    expect(new Clock("boot", 0, source).timesAt(0.5)).toMatchObject({ boot_id: "boot", boot_ns: "1700000000000500000" });
  });
  test("a step is what the wall clock ran ahead", () => {
    expect(stepOf({ now: 0, wall: 100 }, { now: 1000, wall: 61_100 })).toBe(60_000);
    expect(stepOf({ now: 0, wall: 100 }, { now: 1000, wall: 100 })).toBe(-1000);
  });
});

describe("how long a file plays", () => {
  const bytes = (...parts: number[]) => new Uint8Array(parts).buffer;
  const head = [0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255];
  const cluster = [0x1f, 0x43, 0xb6, 0x75, 0x01, 255, 255, 255, 255, 255, 255, 255, 0xe7, 0x82, 0x03, 0xe8]; // at 1000
  const block = (ms: number) => [0xa3, 0x85, 0x81, ms >> 8, ms & 255, 0x80, 7];
  test("is the time of its last block, clusters of no size included", () => {
    expect(lengthMs(bytes(...head, ...cluster, ...block(20), ...block(700), ...block(640)))).toBe(1700);
    expect(lengthMs(bytes(...head, ...cluster, 0xa0, 0x87, 0xa1, 0x85, 0x81, 1, 0, 0x80, 7))).toBe(1256);
    expect(lengthMs(bytes(...head, ...cluster, ...block(700), 0xa3, 0x85, 0x81))).toBe(1700); // cut off
    expect(lengthMs(bytes(...head))).toBeNull();
    expect(lengthMs(bytes(0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70))).toBeNull();
    expect(lengthMs(bytes())).toBeNull();
  });
  test("says when it began; little is what a recorder needs", () => {
    const file = bytes(...head, ...cluster, ...block(900)); // 1.9 s
    expect(begun(10_000, 12_000, file)).toBe(10_000);
    expect(begun(10_000, 14_000, file)).toBe(12_100);
    expect(begun(10_000, 14_000, bytes())).toBe(10_000);
  });
});

test("UUIDv7: version, variant, and in order of time", () => {
  const [a, b] = [uuid7(1_700_000_000_000), uuid7(1_700_000_000_001)];
  expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(a.slice(0, 13) < b.slice(0, 13)).toBe(true);
});
