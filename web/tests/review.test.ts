/** The reviewer's clock and where a moment lies in the footage. */
import { describe, expect, test } from "vitest";
import { Deck, PATIENCE_MS } from "../review/deck";
import { beside, bounds, indexAt, sameFootage, standAt } from "../review/pieces";
import type { LaneBody, PieceBody } from "../review/wire";

function deck(): { deck: Deck; pass: (ms: number) => void } {
  let now = 0;
  return { deck: new Deck(1000, 61_000, () => now), pass: (ms) => (now += ms) };
}

describe("the clock", () => {
  test("stands, runs at its speed, stops at the end", () => {
    const { deck: one, pass } = deck();
    pass(500);
    expect(one.at()).toBe(1000);
    one.set({ playing: true, speed: 2 });
    pass(500);
    expect(one.at()).toBe(2000);
    one.set({ speed: 1 });
    pass(500);
    expect(one.at()).toBe(2500);
    pass(100_000);
    expect(one.at()).toBe(61_000);
    one.set({ playing: false });
    one.set({ playing: true }); // at the end: from the beginning
    expect(one.at()).toBe(1000);
  });
  test("is moved within its bounds, and tells so", () => {
    const { deck: one } = deck();
    let told = 0;
    one.changed = () => (told += 1);
    one.go(-5);
    expect(one.at()).toBe(1000);
    one.go(99_999_999);
    expect(one.at()).toBe(61_000);
    expect(told).toBe(2);
  });
  test("waits for every picture, each only for so long, and loses no time by it", () => {
    const { deck: one, pass } = deck();
    one.set({ playing: true });
    pass(1000);
    one.wait("camera", true);
    one.wait("screen", true);
    pass(1000);
    one.wait("camera", false);
    pass(500);
    expect(one.at()).toBe(2000);
    expect(one.held()).toBe(true);
    expect(one.runs()).toBe(0);
    one.wait("screen", false);
    expect(one.runs()).toBe(1);
    pass(700);
    expect(one.at()).toBe(2700);
    one.wait("companion", true);
    pass(PATIENCE_MS + 300); // it does not come: on without it
    expect(one.held()).toBe(false);
    expect(one.at()).toBe(3000);
    one.wait("companion", false);
    pass(100);
    expect(one.at()).toBe(3100);
  });
});

const piece = (start_ms: number, duration_ms: number, media_ms: number, gap = false): PieceBody => ({
  start_ms,
  duration_ms,
  media_ms,
  gap,
  reason: gap ? "stalled" : "",
  estimated: false,
  file: "",
});
const lane = (...pieces: PieceBody[]): LaneBody => ({ track: "camera", playlist: "x", pieces, files: [] });
const CAMERA = lane(piece(0, 5000, 0), piece(5000, 3000, 5000, true), piece(8000, 5000, 5000));

describe("moments", () => {
  test("what stands at a moment", () => {
    expect(standAt(CAMERA.pieces, 4999)).toEqual([0, 4.999]);
    expect(standAt(CAMERA.pieces, 6000)).toEqual([1, 1]);
    expect(standAt(CAMERA.pieces, 8000)).toEqual([2, 0]);
    expect(standAt(CAMERA.pieces, -1)).toEqual([-1, 0]);
    expect(indexAt(CAMERA.pieces, -1)).toBe(-1);
    expect(indexAt(CAMERA.pieces, 13_000)).toBe(-1);
  });
  test("where a device's clock jumped, the picture before stands; where it jumped back, the newer one does", () => {
    const jumped = [piece(0, 4000, 0), piece(4120, 4000, 4120), piece(8000, 4000, 8000)];
    expect(standAt(jumped, 4050)).toEqual([0, 3.999]);
    expect(standAt(jumped, 8060)).toEqual([2, 0.06]);
    expect(standAt(jumped, 12_000)).toEqual([2, 3.999]);
    expect(standAt(jumped, 12_500)).toEqual([-1, 0]);
    expect(standAt([], 0)).toEqual([-1, 0]);
  });
  test("bounds are of all lanes", () => {
    expect(bounds([])).toEqual([0, 0]);
    expect(bounds([CAMERA, lane(piece(-100, 50, 0))])).toEqual([-100, 13_000]);
  });
  test("before and after", () => {
    expect(beside([1000, 5000, 9000], 5000, true)).toBe(9000);
    expect(beside([1000, 5000, 9000], 5800, false)).toBe(1000); // just begun: the one before it
    expect(beside([1000, 5000, 9000], 8000, false)).toBe(5000);
    expect(beside([], 1, true)).toBeNull();
  });
  test("the same footage is told from more of it", () => {
    expect(sameFootage([CAMERA], [lane(...CAMERA.pieces)])).toBe(true);
    expect(sameFootage([CAMERA], [lane(...CAMERA.pieces, piece(13_000, 1, 10_000))])).toBe(false);
    expect(sameFootage([CAMERA], [])).toBe(false);
  });
});
