/** The chosen project as the center tells it; asked again after every act. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import type { ProjectView } from "./wire";

export const pathOf = (project: string) => `/administration/projects/${encodeURIComponent(project)}`;

/** null: not told yet. */
export function useProject(project: string): { view: ProjectView | null; again: () => void } {
  const { ask, told } = useDesk();
  const [view, setView] = useState<ProjectView | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    void ask<ProjectView>(pathOf(project)).then((found) => {
      if (left || found === null) return;
      told(found.center_ms);
      setView(found);
    });
    return () => {
      left = true;
    };
  }, [project, turn]);
  return { view, again: useCallback(() => setTurn((n) => n + 1), []) };
}
