/** The list of sections at the left, the chosen one beside it. The address keeps which one (`#id`). */
import { useEffect, useRef, useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { DeskShell } from "../shared/desk/shell";
import type { Chosen } from "../shared/desk/shell";
import { GROUPS } from "./section";
import type { Section } from "./section";
import { SECTIONS } from "./sections";

const TITLE = ["面试管理", "Administration"] as const;
const DENIED = ["当前角色不能使用管理页面。", "Your role may not use the administrators' pages."] as const;

export function AdminApp() {
  return (
    <DeskShell title={TITLE} right="administer" denied={DENIED} projects="/projects">
      {(chosen) => <Sections {...chosen} />}
    </DeskShell>
  );
}

function inAddress(): Section {
  const id = window.location.hash.slice(1);
  return SECTIONS.find((one) => one.id === id) ?? (SECTIONS[0] as Section);
}

function Sections(chosen: Chosen) {
  const { tr } = useDesk();
  const [shown, setShown] = useState(inAddress);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const follow = () => setShown(inAddress());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [shown]);
  const needs = GROUPS.find((one) => one.group === shown.group)?.project ?? false;
  return (
    <div class="administration">
      <nav class="sections" aria-label={tr("管理事项", "Sections")}>
        {GROUPS.map(({ group, title }) => {
          const own = SECTIONS.filter((one) => one.group === group);
          if (own.length === 0) return null;
          return (
            <div key={group}>
              <h2 class="small">{tr(...title)}</h2>
              <ul>
                {own.map((one) => (
                  <li key={one.id}>
                    <a href={`#${one.id}`} aria-current={one === shown ? "page" : undefined}>
                      {tr(...one.title)}
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </nav>
      <main class="section">
        <h1 ref={heading} tabIndex={-1}>
          {tr(...shown.title)}
        </h1>
        {needs && chosen.project === "" ? (
          <p>
            {chosen.projects.length === 0
              ? tr("还没有面试项目：请先导入。", "There is no project yet: import one first.")
              : tr("请在上方选择面试项目。", "Choose a project above.")}
          </p>
        ) : (
          <shown.Show key={needs ? chosen.project : ""} {...chosen} />
        )}
      </main>
    </div>
  );
}
