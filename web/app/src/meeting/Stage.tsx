import { ActionIcon, Button, Text, Title } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconLink } from "@tabler/icons-react";
import type { Arrangement } from "../layout/arrange";
import type { Area } from "../layout/grid";
import { useStage } from "../state/use_stage";
import { t } from "../strings";
import { Tile } from "./Tile";
import { Unseen } from "./Unseen";

interface Props {
  arrangement: Arrangement;
  area: Area;
  hands: readonly string[];
  quality: "auto" | "low" | "med" | "high";
  alone: boolean;
  onInvite?: () => void;
}

/** Everybody's pictures in their places. Who speaks changes nothing outside of it. */
export function Stage({ arrangement, area, hands, quality, alone, onInvite }: Props) {
  const { tiles: placed, page, pages, turn, others } = useStage({ arrangement, area });
  // Before the stage has a size nobody has a place, from which to grow into the right one.
  const tiles = area.width > 0 ? placed : [];
  const shown = new Set(tiles.map((tile) => `${tile.participantId}/${tile.kind}`));
  return (
    <>
      {tiles.map((tile) => (
        <Tile
          key={`${tile.participantId}/${tile.kind}`}
          tile={tile}
          handUp={tile.kind === "camera" && hands.includes(tile.participantId)}
          quality={quality}
        />
      ))}
      {others.map((id) => (
        <Unseen
          key={id}
          id={id}
          camera={!shown.has(`${id}/camera`)}
          screen={!shown.has(`${id}/screen`)}
        />
      ))}
      {pages > 1 && (
        <nav className="pages" aria-label={t("pageOf", { page: page + 1, pages })}>
          <ActionIcon
            variant="default"
            radius="xl"
            size={36}
            aria-label={t("pagePrevious")}
            disabled={page === 0}
            onClick={() => turn(-1)}
          >
            <IconChevronLeft className="flip" size={20} />
          </ActionIcon>
          <Text size="sm" fw={600}>
            {page + 1} / {pages}
          </Text>
          <ActionIcon
            variant="default"
            radius="xl"
            size={36}
            aria-label={t("pageNext")}
            disabled={page === pages - 1}
            onClick={() => turn(1)}
          >
            <IconChevronRight className="flip" size={20} />
          </ActionIcon>
        </nav>
      )}
      {alone && onInvite && (
        <section className="alone">
          <Title order={2} size="h5">
            {t("aloneTitle")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("aloneText")}
          </Text>
          <Button size="xs" variant="light" leftSection={<IconLink size={16} />} onClick={onInvite}>
            {t("invite")}
          </Button>
        </section>
      )}
    </>
  );
}
