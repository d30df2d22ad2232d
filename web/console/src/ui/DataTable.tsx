import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import { Wide } from "./parts";

export interface Column {
  title: string;
  /** Figures, which stand at the right. */
  number?: true;
  /** Left out where there is little room. */
  wide?: true;
}

const classesOf = ({ number, wide }: Omit<Column, "title">) =>
  [number && "number", wide && "narrow-hidden"].filter(Boolean).join(" ") || undefined;

interface Props {
  label: string;
  columns: readonly Column[];
  /** There is one more column, of buttons. */
  actions?: boolean;
  highlightOnHover?: boolean;
  /** The rows. */
  children: ReactNode;
}

/** A table with a name and a head. */
export function DataTable({ label, columns, actions, highlightOnHover = true, children }: Props) {
  return (
    <Wide label={label}>
      <Table highlightOnHover={highlightOnHover} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.title} scope="col" className={classesOf(column)}>
                {column.title}
              </Table.Th>
            ))}
            {actions && <Table.Td />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Wide>
  );
}
