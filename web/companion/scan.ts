/**
 * Reads QR codes from pictures: the browser's own detector, else zxing (a megabyte, loaded only when somebody scans).
 *
 * Owns decoding only; what a code means is `link`'s.
 */
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export type Decode = (picture: ImageData) => Promise<string[]>;

interface Detector {
  detect: (picture: ImageData) => Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats: () => Promise<string[]>;
}

export async function decoder(): Promise<Decode> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats = await own?.getSupportedFormats().catch(() => [] as string[]);
  if (own !== undefined && formats?.includes("qr_code") === true) {
    const detector = new own({ formats: ["qr_code"] });
    return async (picture) => (await detector.detect(picture)).map((code) => code.rawValue);
  }
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (picture) =>
    (await readBarcodes(picture, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 2 })).map((code) => code.text);
}
