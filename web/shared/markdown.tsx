/** The little of Markdown that notices to candidates are written in: headings, paragraphs, lists, tables, bold. Makes no HTML. */
import type { ComponentChildren } from "preact";

function inline(text: string): ComponentChildren[] {
  return text.split(/\*\*(.+?)\*\*/g).map((part, index) => (index % 2 === 1 ? <b key={index}>{part}</b> : part));
}

const HEADING = /^(#{1,6})\s+(.*)$/;
const BULLET = /^\s*[-*+]\s+/;
const RULER = /^\s*\|?[\s:|-]+\|?\s*$/;
const NUMBER = /^\s*\d+[.、)]\s*/;

/** `title`: already shown above the text, so a first heading that repeats it is left out. */
export function Markdown({ text, title = "" }: { text: string; title?: string }) {
  const blocks = text.split(/\r?\n\s*\r?\n/).flatMap((block) => apart(block.trim().split(/\r?\n/)));
  if (blocks[0]?.[0]?.match(HEADING)?.[2] === title) blocks.shift();
  const levels = blocks.map((lines) => lines[0]?.match(HEADING)?.[1]?.length ?? 9);
  const highest = Math.min(...levels);
  return <>{blocks.map((lines, index) => <Block key={index} lines={lines} first={levels[index] === highest} />)}</>;
}

/** A heading ends at its line, also when no empty line follows. */
function apart(lines: string[]): string[][] {
  const first = lines[0];
  if (first === undefined || first === "") return [];
  return HEADING.test(first) && lines.length > 1 ? [[first], ...apart(lines.slice(1))] : [lines];
}

function Block({ lines, first }: { lines: string[]; first: boolean }) {
  const head = lines[0]?.match(HEADING);
  // the page has its h1, the file's title its h2
  if (head) return first ? <h3>{inline(head[2] ?? "")}</h3> : <h4>{inline(head[2] ?? "")}</h4>;
  if (lines.length > 2 && lines[0]?.includes("|") && RULER.test(lines[1] ?? "")) return <Table lines={lines} />;
  if (lines.every((line) => BULLET.test(line))) {
    return <ul>{lines.map((line, index) => <li key={index}>{inline(line.replace(BULLET, ""))}</li>)}</ul>;
  }
  if (lines.every((line) => NUMBER.test(line))) {
    return <ol>{lines.map((line, index) => <li key={index}>{inline(line.replace(NUMBER, ""))}</li>)}</ol>;
  }
  return <p>{inline(lines.join(" "))}</p>;
}

function Table({ lines }: { lines: string[] }) {
  const cells = (line: string) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  return (
    <table>
      <thead>
        <tr>
          {cells(lines[0] ?? "").map((cell, index) => (
            <th key={index} scope="col">
              {inline(cell)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.slice(2).map((line, row) => (
          <tr key={row}>
            {cells(line).map((cell, index) => (
              <td key={index}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
