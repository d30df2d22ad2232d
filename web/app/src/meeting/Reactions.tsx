import type { Floating } from "../state/use_reactions";

/** Emojis that rise over the stage. */
export function Reactions({ reactions }: { reactions: readonly Floating[] }) {
  return (
    <div className="reactions" aria-live="polite">
      {reactions.map(({ key, emoji, name, at }) => (
        <div key={key} className="reaction" style={{ insetInlineStart: `${at * 100}%` }}>
          <span>{emoji}</span>
          <small>
            <bdi>{name}</bdi>
          </small>
        </div>
      ))}
    </div>
  );
}
