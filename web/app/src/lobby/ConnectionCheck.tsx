import { Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClock } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { t } from "../strings";

const ROUNDS = 3;
const SLOW_MS = 250;

/** The quickest of some round trips in ms. Any answer of the server counts. */
async function roundTrip(server: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await fetch(`${server}/healthz`, { cache: "no-store" });
    best = Math.min(best, performance.now() - start);
  }
  return Math.max(1, Math.round(best));
}

/** Says before joining whether the server can be reached, and how fast. */
export function ConnectionCheck({ server }: { server: string }) {
  const [found, setFound] = useState<number | "none">();
  useEffect(() => {
    let gone = false;
    roundTrip(server).then(
      (ms) => !gone && setFound(ms),
      () => !gone && setFound("none"),
    );
    return () => {
      gone = true;
    };
  }, [server]);

  const [Icon, text] =
    found === undefined
      ? [IconClock, t("checking")]
      : found === "none"
        ? [IconCircleX, t("connectionNone")]
        : [
            IconCircleCheck,
            t(found > SLOW_MS ? "connectionSlow" : "connectionGood", { ms: found }),
          ];
  return (
    <Text size="sm" c="dimmed" className="check" role="status">
      <Icon size={16} aria-hidden /> {text}
    </Text>
  );
}
