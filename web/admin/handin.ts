/** Sends one zip and tells how much of it is on its way. Throws Refusal. */
import { BASE, refusal, Refusal, UNREACHED } from "../shared/desk/link";

export function handIn<T>(path: string, file: File, csrf: string, moved: (share: number) => void): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch tells no progress of what it sends
    request.open("POST", BASE + path);
    request.setRequestHeader("Content-Type", "application/zip");
    request.setRequestHeader("Zhishi-Csrf", csrf);
    request.responseType = "json";
    request.upload.onprogress = (event) => moved(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => failed(new Refusal(UNREACHED));
    request.onload = () => {
      if (request.status < 300) done(request.response as T);
      else failed(refusal(request.status, request.response));
    };
    request.send(file);
  });
}
