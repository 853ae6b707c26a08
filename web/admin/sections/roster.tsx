/** Everybody on the roster with the registered photo and what the face check says of it. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import type { Chosen } from "../../shared/desk/shell";
import { BASE } from "../../shared/desk/link";
import { pathOf } from "../project";
import type { Section } from "../section";
import type { PhotoBody, RosterBody, RosterEntry } from "../wire";

export const roster: Section = { id: "roster", group: "before", title: ["名单与照片", "Roster and photos"], Show };

const SHOWN = 25;

function Show({ project }: Chosen) {
  const { tr, ask } = useDesk();
  const [rows, setRows] = useState<RosterEntry[] | null>(null);
  const [words, setWords] = useState("");
  const [page, setPage] = useState(0);
  useEffect(() => {
    void ask<RosterBody>(`${pathOf(project)}/roster`).then((found) => found !== null && setRows(found.rows));
  }, [project]);
  const found = useMemo(() => {
    const wanted = words.trim().toUpperCase();
    return (rows ?? []).filter((row) => `${row.number} ${row.name} ${row.batch} ${row.support_code}`.toUpperCase().includes(wanted));
  }, [rows, words]);
  const pages = Math.max(1, Math.ceil(found.length / SHOWN));
  const from = Math.min(page, pages - 1) * SHOWN;
  const shown = found.slice(from, from + SHOWN);
  const looks = useLooks(project, shown);
  if (rows === null) return <p aria-busy="true">…</p>;
  return (
    <>
      <div class="row">
        <input
          type="search"
          aria-label={tr("搜索", "Search")}
          placeholder={tr("准考证号 / 姓名 / 场次 / 服务码", "Number / name / batch / support code")}
          value={words}
          onInput={(event) => {
            setWords(event.currentTarget.value);
            setPage(0);
          }}
        />
        <span role="status" class="num">
          {tr(`共 ${found.length} 人`, `${found.length} people`)}
        </span>
        <span class="grow" />
        {pages > 1 && (
          <nav class="row" aria-label={tr("翻页", "Pages")}>
            <button type="button" class="btn quiet small" aria-disabled={from === 0 ? "true" : undefined} onClick={() => setPage(Math.max(0, page - 1))}>
              {tr("上一页", "Before")}
            </button>
            <span class="num">
              {from / SHOWN + 1} / {pages}
            </span>
            <button
              type="button"
              class="btn quiet small"
              aria-disabled={from / SHOWN + 1 >= pages ? "true" : undefined}
              onClick={() => setPage(Math.min(pages - 1, page + 1))}
            >
              {tr("下一页", "Next")}
            </button>
          </nav>
        )}
      </div>
      <p class="small">{tr("打开名单已记入审计。", "Opening the roster is kept in the audit log.")}</p>
      <div class="wide">
        <table class="list roster">
          <thead>
            <tr>
              <th scope="col">{tr("照片", "Photo")}</th>
              <th scope="col">{tr("准考证号", "Number")}</th>
              <th scope="col">{tr("姓名", "Name")}</th>
              <th scope="col">{tr("场次", "Batch")}</th>
              <th scope="col">{tr("服务码", "Support code")}</th>
              <th scope="col">{tr("照片检查", "Photo check")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.session}>
                <td>
                  {row.photo ? (
                    <img
                      class="face"
                      loading="lazy"
                      alt={tr(`${row.name}的证件照`, `ID photo of ${row.name}`)}
                      src={`${BASE}${pathOf(project)}/roster/${row.session}/photo`}
                    />
                  ) : (
                    "—"
                  )}
                </td>
                <th scope="row" class="num">
                  {row.number}
                </th>
                <td>{row.name}</td>
                <td>{row.batch}</td>
                <td class="num">{row.support_code}</td>
                <td>
                  <Look row={row} look={looks[row.session]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Look({ row, look }: { row: RosterEntry; look: PhotoBody | undefined }) {
  const { tr } = useDesk();
  if (!row.photo) return <>{tr("没有照片", "No photo")}</>;
  if (look === undefined) return <span class="small">{tr("正在检查", "Being looked at")}</span>;
  return (
    <>
      <b class={look.ok ? "fine" : "wrong"}>
        {look.ok ? "✓ " : "× "}
        {tr(look.words.zh, look.words.en)}
      </b>
      <br />
      <small class="num">
        {tr(
          `人脸 ${look.faces} 张 · ${look.width}×${look.height} · 亮度 ${Math.round(look.luma)} · 清晰度 ${Math.round(look.sharpness)}`,
          `${look.faces} face(s) · ${look.width}×${look.height} · light ${Math.round(look.luma)} · sharpness ${Math.round(look.sharpness)}`,
        )}
      </small>
    </>
  );
}

/** What the face check says of those who are shown, one photo after the other: logins come first at the center. */
function useLooks(project: string, shown: RosterEntry[]): Record<string, PhotoBody> {
  const { ask } = useDesk();
  const [looks, setLooks] = useState<Record<string, PhotoBody>>({});
  const waiting = shown.filter((row) => row.photo && looks[row.session] === undefined).map((row) => row.session);
  const next = waiting[0] ?? "";
  useEffect(() => {
    if (next === "") return;
    let left = false;
    void ask<PhotoBody>(`${pathOf(project)}/roster/${next}/photo-check`).then((found) => {
      if (!left && found !== null) setLooks((before) => ({ ...before, [next]: found }));
    });
    return () => {
      left = true;
    };
  }, [project, next]);
  return looks;
}
