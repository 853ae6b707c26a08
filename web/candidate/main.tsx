/** The candidate's pages: one app, driven by the states of the page server. */
import { render } from "preact";
import { Candidate } from "./app";
import "../shared/tokens.css";
import "../shared/shell.css";
import "./pages.css";
import "./answering.css";
import "./narrow.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
render(<Candidate />, root);
