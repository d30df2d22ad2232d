import { ActionIcon, Text, Textarea } from "@mantine/core";
import { IconMessages, IconSend2 } from "@tabler/icons-react";
import { type FormEvent, Fragment, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ChatMessage, ChatState } from "../state/use_chat";
import { t } from "../strings";
import { linked } from "./links";
import { SidePanel } from "./SidePanel";

const SAME_TURN_MS = 3 * 60_000;
const NEAR_END_PX = 120;

/** Whether a message goes on from the one before, so that its name need not be said again. */
function goesOn(before: ChatMessage | undefined, { senderId, time }: ChatMessage): boolean {
  return before?.senderId === senderId && time - before.time < SAME_TURN_MS;
}

export function Chat({ chat, onClose }: { chat: ChatState; onClose(): void }) {
  const { messages, send } = chat;
  const [text, setText] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message scrolls, unless one reads older ones
  useEffect(() => {
    const el = list.current;
    if (!el) return;
    const own = messages.at(-1)?.own;
    if (own || el.scrollHeight - el.scrollTop - el.clientHeight < el.clientHeight + NEAR_END_PX)
      el.scrollTop = el.scrollHeight;
  }, [messages.length]);

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const written = text.trim();
    if (!written) return;
    setText("");
    if (!(await send(written))) setText(written);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };

  return (
    <SidePanel title={t("chat")} onClose={onClose}>
      <div
        className="chat-list"
        ref={list}
        role="log"
        aria-label={t("chat")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        data-testid="chat"
      >
        {messages.length === 0 && (
          <div className="empty">
            <IconMessages size={36} stroke={1.4} aria-hidden />
            <Text fw={600}>{t("chatEmpty")}</Text>
            <Text size="sm" c="dimmed">
              {t("chatEmptyText")}
            </Text>
          </div>
        )}
        {messages.map((message, i) => (
          <div key={message.id} className="chat-message" data-own={message.own || undefined}>
            {!goesOn(messages[i - 1], message) && (
              <div className="chat-who">
                <bdi>{message.own ? t("you") : message.senderName || t("somebody")}</bdi>
                <time dateTime={new Date(message.time).toISOString()}>
                  {clock.format(message.time)}
                </time>
              </div>
            )}
            <p dir="auto">
              {linked(message.text).map((part, n) =>
                part.url ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text keep their order
                  <a key={n} href={part.url} target="_blank" rel="noopener noreferrer nofollow">
                    {part.text}
                  </a>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text keep their order
                  <Fragment key={n}>{part.text}</Fragment>
                ),
              )}
            </p>
          </div>
        ))}
      </div>
      <form className="chat-form" onSubmit={submit}>
        <Textarea
          aria-label={t("chatPlaceholder")}
          placeholder={t("chatPlaceholder")}
          autosize
          maxRows={5}
          maxLength={4000}
          value={text}
          autoFocus
          onKeyDown={pressed}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ActionIcon
          type="submit"
          size={36}
          variant="filled"
          aria-label={t("chatSend")}
          disabled={!text.trim()}
        >
          <IconSend2 size={18} className="flip" />
        </ActionIcon>
      </form>
    </SidePanel>
  );
}
