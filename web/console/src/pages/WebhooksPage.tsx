import { Button, Table } from "@mantine/core";
import { IconCircleCheck, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { listDeadLetters, replayDeadLetters } from "../api/calls";
import { moment } from "../model/format";
import { useClient } from "../ui/client_context";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Heading, Loaded, Pages, Tag } from "../ui/parts";
import { useAction } from "../ui/use_action";
import { useNow } from "../ui/use_now";
import { usePoll } from "../ui/use_poll";

const COLUMNS: Column[] = [
  { title: "Event" },
  { title: "URL", wide: true },
  { title: "Last answer" },
  { title: "Attempts", number: true, wide: true },
  { title: "Happened", wide: true },
  { title: "Given up" },
];

const REFRESH_MS = 5000;

/** Webhooks that were given up, and sending them again. */
export function WebhooksPage() {
  const client = useClient();
  const now = useNow();
  const [page, setPage] = useState(1);
  const { value, error, refresh } = usePoll(`letters ${page}`, REFRESH_MS, (signal) =>
    listDeadLetters(client, page, signal),
  );
  const { busy, run } = useAction(refresh);
  const endPoints = [...new Set(value?.data.map(({ endPoint }) => endPoint))];
  return (
    <>
      <Heading
        title="Undelivered webhooks"
        sub="Events that your rooms' URLs did not take within a day. They are kept, and can be sent again."
      />
      <Loaded value={value} error={error}>
        {({ data, pageInfo }) =>
          data.length === 0 ? (
            <Empty
              icon={IconCircleCheck}
              title="Everything was delivered"
              text="An event that a URL does not take is tried again for a day before it comes here."
            />
          ) : (
            <>
              <ul className="endpoints">
                {endPoints.map((endPoint) => (
                  <li key={endPoint}>
                    <span>{endPoint}</span>
                    <Button
                      size="xs"
                      variant="default"
                      leftSection={<IconRefresh size={14} aria-hidden />}
                      disabled={busy}
                      aria-label={`Send all again to ${endPoint}`}
                      onClick={() =>
                        run("They are being sent again", () =>
                          replayDeadLetters(client, { endPoint }),
                        )
                      }
                    >
                      Send all again
                    </Button>
                  </li>
                ))}
              </ul>
              <DataTable label="Undelivered webhooks" columns={COLUMNS} actions>
                {data.map((letter) => (
                  <Table.Tr key={letter.id}>
                    <Table.Th scope="row">
                      {letter.type}
                      <div className="sub">{letter.eventId}</div>
                    </Table.Th>
                    <Table.Td className="url narrow-hidden">{letter.endPoint}</Table.Td>
                    <Table.Td>
                      {letter.lastStatus && <Tag tone="red">{letter.lastStatus}</Tag>}{" "}
                      {letter.lastError === `HTTP status ${letter.lastStatus}`
                        ? ""
                        : letter.lastError}
                    </Table.Td>
                    <Table.Td className="number narrow-hidden">{letter.attempts}</Table.Td>
                    <Table.Td className="nowrap narrow-hidden">
                      {moment(letter.createdAt, now)}
                    </Table.Td>
                    <Table.Td className="nowrap">{moment(letter.diedAt, now)}</Table.Td>
                    <Table.Td className="number">
                      <Button
                        size="xs"
                        variant="default"
                        disabled={busy}
                        aria-label={`Send ${letter.type} ${letter.eventId} again`}
                        onClick={() =>
                          run("It is being sent again", () =>
                            replayDeadLetters(client, { id: letter.id }),
                          )
                        }
                      >
                        Send again
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </DataTable>
              <Pages page={page} last={pageInfo.lastPage} onChange={setPage} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
