/** How long a webm file plays (RFC 9559): the time of its last block. Reads no more than is needed for that. Pure. */

const [SEGMENT, INFO, SCALE, CLUSTER] = [0x18538067, 0x1549a966, 0x2ad7b1, 0x1f43b675];
const [TIMESTAMP, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK] = [0xe7, 0xa3, 0xa0, 0xa1];
const PARENTS = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP]);
const MS_NS = 1_000_000;

/** Milliseconds from the beginning of the file to its last picture or sound; null when it is not such a file. */
export function lengthMs(file: ArrayBuffer): number | null {
  const data = new DataView(file);
  let [at, scale, cluster, last] = [0, MS_NS, 0, -1];
  while (at < data.byteLength) {
    const id = vint(data, at, false);
    const size = id === null ? null : vint(data, at + id.width, true);
    if (id === null || size === null) break; // cut off: what came before counts
    const body = at + id.width + size.width;
    if (id.value === SCALE) scale = whole(data, body, size.value);
    else if (id.value === TIMESTAMP) cluster = whole(data, body, size.value);
    else if (id.value === SIMPLE_BLOCK || id.value === BLOCK) {
      const track = vint(data, body, true);
      if (track === null || body + track.width + 2 > data.byteLength) break;
      last = Math.max(last, cluster + data.getInt16(body + track.width));
    }
    at = PARENTS.has(id.value) ? body : body + size.value; // a parent's own elements follow, its size known or not
  }
  return last < 0 ? null : (last * scale) / MS_NS;
}

/** A number of variable width, with or without the bit that says how wide it is; null where the file ends. */
function vint(data: DataView, at: number, bare: boolean): { value: number; width: number } | null {
  if (at >= data.byteLength) return null;
  const first = data.getUint8(at);
  const width = Math.clz32(first) - 23;
  if (width > 8 || at + width > data.byteLength) return null;
  let value = bare ? first & (0xff >> width) : first;
  for (let n = 1; n < width; n += 1) value = value * 256 + data.getUint8(at + n);
  return { value, width };
}

function whole(data: DataView, at: number, size: number): number {
  let value = 0;
  for (let n = at; n < Math.min(at + size, data.byteLength); n += 1) value = value * 256 + data.getUint8(n);
  return value;
}
