/** A candidate's requests for help: taken, answered; while they answer only with set phrases. */
import { useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { clock } from "../shared/time";
import { Claim } from "./claim";
import type { CandidateBody, HelpItem } from "./wire";
import { stageName } from "./words";

export function Helps({ items, body, done }: { items: HelpItem[]; body: CandidateBody; done: () => void }) {
  const { tr } = useDesk();
  return (
    <section>
      <h3>{tr("求助", "Calls for help")}</h3>
      <ol class="helps">
        {items.map((item) => (
          <li key={item.id}>
            <small class="num">
              {clock(item.asked_ms)} · {stageName(item.stage, tr)}
              {item.claimed_by !== "" && ` · ${tr("认领：", "taken by ")}${item.claimed_by}`}
            </small>
            <p>{item.text}</p>
            {item.answer === null ? (
              <Answer item={item} body={body} done={done} />
            ) : (
              <p class="answer">
                <b>{item.answered_by}: </b>
                {item.answer}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Answer({ item, body, done }: { item: HelpItem; body: CandidateBody; done: () => void }) {
  const { tr, me, act } = useDesk();
  const [text, setText] = useState("");
  if (!me.rights.includes("help")) return null;
  const send = (words: string) => {
    if (words !== "") void act(`/help/${item.id}/answer`, { text: words }).then(done);
  };
  return (
    <form
      class="answer-form"
      onSubmit={(event) => {
        event.preventDefault();
        send(text.trim());
      }}
    >
      <Claim request={item.id} by={item.claimed_by} done={done} />
      {Object.entries(body.phrases).map(([name, words]) => (
        <button key={name} type="button" class="btn quiet" onClick={() => send(name)}>
          {tr(words.zh, words.en)}
        </button>
      ))}
      {body.answering ? (
        <p class="small">{tr("答题期间只能发送固定用语", "While they answer, only set phrases")}</p>
      ) : (
        <>
          <input
            aria-label={tr("答复", "Answer")}
            maxLength={2000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button type="submit" class="btn act">
            {tr("答复", "Answer")}
          </button>
        </>
      )}
    </form>
  );
}
