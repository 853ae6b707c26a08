/** The page on which anybody asks, with number and support code, how a session stands; from any device, without login. */
import { render } from "preact";
import { AskPage } from "./ask";
import "../shared/tokens.css";
import "../shared/shell.css";
import "./status.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
render(<AskPage />, root);
