import type { ReactNode } from "react";
import { t } from "../strings";

/** The frame of every screen outside of a meeting. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="shell">
      <header className="brand">
        <img src="./icon.svg" alt="" width={28} height={28} />
        <span>{t("app")}</span>
      </header>
      <main className="shell-main">{children}</main>
    </div>
  );
}
