/** Something asked of the center for a section, and asking again after an act. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { useDesk } from "./context";

export function useLoaded<T extends { center_ms: number }>(path: string): [T | null, () => void] {
  const { ask, told } = useDesk();
  const [body, setBody] = useState<T | null>(null);
  const load = useCallback(() => {
    void ask<T>(path).then((answer) => {
      if (answer === null) return;
      told(answer.center_ms);
      setBody(answer);
    });
    // `ask` changes with every answer; what is asked for does not
  }, [path]);
  useEffect(load, [load]);
  return [body, load];
}
