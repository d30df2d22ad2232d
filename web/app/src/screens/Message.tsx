import { Button, Loader, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Shell } from "../parts/Shell";

interface Props {
  title: string;
  text?: string;
  busy?: boolean;
  children?: ReactNode;
  /** Buttons: what they say and do; the first is the main one. */
  actions?: { label: string; act(): void }[];
  testId?: string;
}

/** A screen that says one thing. */
export function Message({ title, text, busy, children, actions = [], testId }: Props) {
  return (
    <Shell>
      <section className="message" data-testid={testId ?? "message"} aria-live="polite">
        {busy && <Loader aria-hidden />}
        <Title order={1} size="h2">
          {title}
        </Title>
        {text && <Text c="dimmed">{text}</Text>}
        {children}
        {actions.length > 0 && (
          <div className="message-actions">
            {actions.map(({ label, act }, i) => (
              <Button key={label} variant={i === 0 ? "filled" : "default"} onClick={act}>
                {label}
              </Button>
            ))}
          </div>
        )}
      </section>
    </Shell>
  );
}
