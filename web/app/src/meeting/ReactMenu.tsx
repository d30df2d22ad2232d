import { ActionIcon, Popover, Tooltip, UnstyledButton } from "@mantine/core";
import { IconMoodSmile } from "@tabler/icons-react";
import { useState } from "react";
import { EMOJIS, type Emoji } from "../state/use_reactions";
import { t } from "../strings";

/** A row of emojis to send. */
export function ReactMenu({ onReact }: { onReact(emoji: Emoji): void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top" radius="xl" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("react")} openDelay={300} disabled={open}>
          <ActionIcon
            className="round"
            size={48}
            radius="xl"
            aria-label={t("react")}
            onClick={() => setOpen(!open)}
          >
            <IconMoodSmile size={22} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={6} className="emojis" aria-label={t("react")}>
        {EMOJIS.map((emoji) => (
          <EmojiButton key={emoji} emoji={emoji} onReact={onReact} />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

export function EmojiButton({ emoji, onReact }: { emoji: Emoji; onReact(emoji: Emoji): void }) {
  return (
    <UnstyledButton
      className="emoji"
      aria-label={t("reactWith", { emoji })}
      onClick={() => onReact(emoji)}
    >
      {emoji}
    </UnstyledButton>
  );
}
