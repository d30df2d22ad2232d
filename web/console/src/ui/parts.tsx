import { Pagination, Skeleton, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ApiError } from "../api/result";
import { Failure } from "./Failure";

export type TagTone = "plain" | "blue" | "green" | "amber" | "red";

/** A word in a coloured box. */
export function Tag({ tone = "plain", children }: { tone?: TagTone; children: ReactNode }) {
  return <span className={`tag tag-${tone}`}>{children}</span>;
}

/** The head of a page: what it is, and what can be done about it. */
export function Heading({
  title,
  aside,
  sub,
}: {
  title: ReactNode;
  sub?: ReactNode;
  aside?: ReactNode;
}) {
  return (
    <div className="heading">
      <div>
        <Title order={1} size="h3">
          {title}
        </Title>
        {sub && (
          <Text size="sm" c="dimmed" component="div">
            {sub}
          </Text>
        )}
      </div>
      {aside && <div className="heading-aside">{aside}</div>}
    </div>
  );
}

/** A table that scrolls sideways where it must, also by keyboard. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className="wide" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

export function Empty({ icon: Shown, title, text }: { icon: Icon; title: string; text: string }) {
  return (
    <Stack align="center" gap="xs" className="empty">
      <ThemeIcon size={56} radius="xl" variant="light" color="gray">
        <Shown size={28} aria-hidden />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" ta="center" maw={420}>
        {text}
      </Text>
    </Stack>
  );
}

interface LoadedProps<T> {
  value?: T;
  error?: ApiError;
  children: (value: T) => ReactNode;
}

/** Lines in grey until there is an answer; a failure above what was known before. */
export function Loaded<T>({ value, error, children }: LoadedProps<T>) {
  return (
    <>
      {error && <Failure error={error} title="The server did not answer as hoped" />}
      {value !== undefined && children(value)}
      {value === undefined && !error && (
        <Stack gap="xs" aria-busy="true">
          {[1, 2, 3, 4].map((i) => (
            <Skeleton key={i} height={36} />
          ))}
        </Stack>
      )}
    </>
  );
}

interface PagesProps {
  page: number;
  last: number;
  onChange: (page: number) => void;
}

export function Pages({ page, last, onChange }: PagesProps) {
  if (last <= 1) return null;
  return (
    <Pagination
      value={page}
      total={last}
      onChange={onChange}
      size="sm"
      mt="md"
      getControlProps={(control) => ({ "aria-label": `${control} page` })}
      getItemProps={(n) => ({ "aria-label": `Page ${n}` })}
    />
  );
}

/** A few figures in a row. */
export function Figures({ items }: { items: [label: string, value: ReactNode][] }) {
  return (
    <dl className="figures">
      {items.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
