/** The review pages: sign in, choose a session, watch its footage by center time. */
import { render } from "preact";
import { ReviewApp } from "./app";
import "../shared/tokens.css";
import "../shared/shell.css";
import "../shared/desk/desk.css";
import "./review.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
render(<ReviewApp />, root);
