/** The page on which anybody hands in a rescue bundle, from any machine. */
import { render } from "preact";
import { BringPage } from "./bring";
import "../shared/tokens.css";
import "../shared/shell.css";
import "./rescue.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
render(<BringPage />, root);
