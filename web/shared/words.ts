/** Words for what the center names, one table each, as the staff's pages use them; unknown names are shown as they are. */
export type Pair = readonly [zh: string, en: string];
type Tr = (zh: string, en: string) => string;

/** A function that words a name by `table`. */
export const worded = (table: Record<string, Pair>) => (name: string, tr: Tr) => {
  const pair = table[name];
  return pair === undefined ? name : tr(...pair);
};

export const trackName = worded({
  camera: ["摄像", "Camera"],
  screen: ["录屏", "Screen"],
  companion: ["佐证", "Phone"],
  timeline: ["过程记录", "Timeline"],
});
export const sourceName = worded({
  laptop: ["电脑", "Laptop"],
  phone: ["手机", "Phone"],
  center: ["平台", "Center"],
  staff: ["人员", "Staff"],
});
