/** The phone's page (智试通): one app over one `Phone`. */
import { render } from "preact";
import { Companion } from "./app";
import { secretOf } from "./link";
import { Phone } from "./phone";
import "../shared/tokens.css";
import "../shared/pieces.css";
import "../shared/lane.css";
import "./companion.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
const phone = new Phone();
render(<Companion phone={phone} />, root);

const secret = secretOf(window.location.href, window.location.origin);
// a secret that was read is not left in the address: neither for a screenshot nor for whoever holds the phone next
if (secret !== null) window.history.replaceState(null, "", window.location.pathname);
void phone.load(secret);
window.addEventListener("hashchange", () => {
  const again = secretOf(window.location.href, window.location.origin);
  if (again === null) return;
  window.history.replaceState(null, "", window.location.pathname);
  void phone.bind("link", again);
});
if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/companion/sw.js", { scope: "/companion" }).catch(() => undefined);
}
