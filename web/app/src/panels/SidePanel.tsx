import { CloseButton, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { t } from "../strings";

/** A panel beside the stage; on phones over it. Escape closes it. */
export function SidePanel({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose(): void;
  children: ReactNode;
}) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) onClose();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [onClose]);
  return (
    <aside className="panel" aria-label={title}>
      <header className="panel-head">
        <Title order={2} size="h4">
          {title}
        </Title>
        <CloseButton aria-label={t("close")} onClick={onClose} />
      </header>
      {children}
    </aside>
  );
}
