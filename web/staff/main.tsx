/** The staff's pages: sign in, then the live dashboard. */
import { render } from "preact";
import { StaffApp } from "./app";
import "../shared/tokens.css";
import "../shared/shell.css";
import "../shared/desk/desk.css";
import "./staff.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
render(<StaffApp />, root);
