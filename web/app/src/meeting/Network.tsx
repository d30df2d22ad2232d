import { Tooltip } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import { useEffect, useState } from "react";
import { lossBetween, type NetworkFigures, networkLevel, type PacketCount } from "../state/network";
import { t } from "../strings";

const EVERY_MS = 4000;
const LABELS = { 1: "networkPoor", 2: "networkFair", 3: "networkGood" } as const;

/** How good one's own connection is, by round trip and by what of the others' sound was lost. */
export function Network() {
  const figures = useFigures();
  if (!figures) return null;
  const level = networkLevel(figures);
  const quality = t(LABELS[level]);
  const label = t("networkDetail", {
    quality,
    rtt: Math.round(figures.rtt),
    loss: figures.lossPercent,
  });
  return (
    <Tooltip label={label}>
      <span className="network" role="img" aria-label={label} data-level={level}>
        <i />
        <i />
        <i />
      </span>
    </Tooltip>
  );
}

function useFigures(): NetworkFigures | undefined {
  const { localParticipant, participants } = useMeeting();
  const [figures, setFigures] = useState<NetworkFigures>();
  useEffect(() => {
    let before: PacketCount | undefined;
    let gone = false;
    const look = async () => {
      const [transport, ...sounds] = await Promise.all([
        localParticipant?.getTransportStats(),
        ...[...participants.values()]
          .filter((p) => !p.local && p.micOn)
          .slice(0, 10)
          .map((p) => p.getAudioStats()),
      ]);
      const now = { total: 0, lost: 0 };
      for (const stats of sounds.flat()) {
        now.total += stats.totalPackets ?? 0;
        now.lost += stats.packetsLost ?? 0;
      }
      if (gone || transport?.rtt === undefined) return;
      setFigures({ rtt: transport.rtt, lossPercent: before ? lossBetween(before, now) : 0 });
      before = now;
    };
    // Figures that cannot be had now may be there next time.
    const tick = () => void look().catch(() => {});
    const timer = setInterval(tick, EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [localParticipant, participants]);
  return figures;
}
