/** The administrators' pages: sign in, then one section at a time. */
import { render } from "preact";
import { AdminApp } from "./app";
import "../shared/tokens.css";
import "../shared/shell.css";
import "../shared/desk/desk.css";
import "./admin.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
render(<AdminApp />, root);
