import { useEffect, useRef } from "react";
import { type Action, actionOf } from "./shortcuts";

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("input, textarea, select, [role=listbox], [role=menuitem]"));

/** Keys for the controls while no dialog is open. */
export function useShortcuts(act: (action: Action) => void, enabled: boolean): void {
  const newest = useRef(act);
  newest.current = act;
  useEffect(() => {
    if (!enabled) return;
    const pressed = (event: KeyboardEvent) => {
      const action = actionOf(event, isTyped(event.target));
      if (!action) return;
      event.preventDefault();
      newest.current(action);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [enabled]);
}
