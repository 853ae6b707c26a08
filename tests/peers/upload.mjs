// Uploads one file with tus-js-client. Argument: one JSON object
//   {endpoint, file, headers, metadata, chunkSize, url, abortAfter, retryDelays, uploadDataDuringCreation}
// of which endpoint (or url, to resume) and file are needed. chunkSize 0 means all in one request.
// Prints one line: {url, offset, bytesSent, finished, error}. bytesSent counts every body byte handed to a request,
// those sent twice twice; offset is what the server has acknowledged last. Ends with 1 when error is not null.
import { createReadStream } from "node:fs";
import http from "node:http";
import { Upload } from "tus-js-client";

const order = JSON.parse(process.argv[2]);
let bytesSent = 0; // in all requests
let offset = 0;
let over = false;

function report(finished, error = null) {
  if (over) return;
  over = true;
  console.log(JSON.stringify({ url: upload.url, offset, bytesSent, finished, error }));
  process.exitCode = error === null ? 0 : 1;
}

const upload = new Upload(createReadStream(order.file), {
  endpoint: order.endpoint,
  uploadUrl: order.url ?? null,
  headers: order.headers ?? {},
  metadata: order.metadata ?? {},
  chunkSize: order.chunkSize || Number.POSITIVE_INFINITY,
  retryDelays: order.retryDelays ?? null,
  uploadDataDuringCreation: order.uploadDataDuringCreation ?? false,
  storeFingerprintForResuming: false,
  onAfterResponse(_request, response) {
    const told = response.getHeader("Upload-Offset");
    if (told !== undefined && told !== null) offset = Number(told);
  },
  onSuccess: () => report(true),
  onError: (error) => report(false, String(error.message ?? error)),
});

// onProgress is throttled and starts again with every request: the bytes are counted where they are written.
const write = http.ClientRequest.prototype.write;
http.ClientRequest.prototype.write = function counted(chunk, ...rest) {
  bytesSent += chunk.length;
  if (order.abortAfter && bytesSent >= order.abortAfter && !over) {
    setImmediate(() => upload.abort(false).then(() => report(false)));
  }
  return write.call(this, chunk, ...rest);
};
upload.start();
