/**
 * What is kept here must last until the results: home screen, and what must not be cleared until when.
 *
 * Some browsers throw away what a page keeps when nobody opened it for a week. On iPhones a page on the home screen keeps
 * its things apart from Safari, so that it helps only whoever puts it there before binding.
 */
import { useShown } from "./context";

const APPLE = () => /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
const ON_HOME_SCREEN = () =>
  window.matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;

/** Before binding, where it still helps everybody. */
export function HomeScreenFirst() {
  const { tr } = useShown();
  if (!APPLE() || ON_HOME_SCREEN()) return null;
  return (
    <p class="small">
      {tr(
        "建议先点“分享”→“添加到主屏幕”，再从主屏幕打开本页扫码绑定：录像不会因一周没打开而被系统清除。",
        "Better first press Share, “Add to Home Screen”, and open this page from there: the system then never clears the video after a week.",
      )}
    </p>
  );
}

/** From binding until the results. */
export function KeepUntilResults() {
  const { seen, tr } = useShown();
  if (seen.binding?.cleared === true || seen.view?.may_delete === true) return null;
  const safe = seen.persisted || ON_HOME_SCREEN();
  return (
    <p class="small">
      {tr(
        "面试成绩公布之前，不得清除浏览器数据或删除本页。",
        "Until results are published do not clear browser data or remove this page.",
      )}
      {!safe &&
        (APPLE()
          ? tr(
              "请至少每周打开一次本页：一周没打开，系统可能清除录像。",
              " Open this page at least once a week: the system may clear the video of a page that was not opened.",
            )
          : tr("请在浏览器菜单中点“添加到主屏幕”。", " In the browser's menu press “Add to Home screen”."))}
    </p>
  );
}
