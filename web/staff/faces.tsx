/** The login's last picture beside the registered photo: compared by eye before somebody is logged in by hand. */
import { useDesk } from "../shared/desk/context";
import { clock } from "../shared/time";
import type { CandidateBody } from "./wire";

export function Faces({ body }: { body: CandidateBody }) {
  const { tr } = useDesk();
  const { login, photo, row } = body;
  const at = `/api/v1/staff/candidates/${row.session}`;
  const still = login?.still_ms ?? null;
  return (
    <div class="faces">
      <figure>
        {still !== null ? (
          <img src={`${at}/still?at=${still}`} alt={tr("登录时的画面", "The picture at login")} />
        ) : (
          <p class="blank">
            {login === null
              ? tr("现在没有进行中的登录", "No login is under way")
              : login.consent
                ? tr("还没有未通过的画面", "No picture failed yet")
                : tr("考生未同意人脸处理，没有画面；请以视频或电话核对", "They did not agree to face processing: compare by video or telephone")}
          </p>
        )}
        <figcaption>
          {tr("登录画面", "At login")} {still !== null && <span class="num">{clock(still)}</span>}
        </figcaption>
      </figure>
      <figure>
        {photo ? (
          <img src={`${at}/photo`} alt={tr("报名照片", "The registered photo")} />
        ) : (
          <p class="blank">{tr("没有报名照片", "There is no registered photo")}</p>
        )}
        <figcaption>
          {tr("报名照片", "Registered")} · {row.name}
        </figcaption>
      </figure>
    </div>
  );
}
