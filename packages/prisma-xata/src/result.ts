/** A statement with its parameters in PostgreSQL's text form. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | null)[];
}

/** What a statement gave, values still in PostgreSQL's text form. */
export interface TextResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** First word of the command tag, such as `SELECT`. */
  readonly command: string;
  /** Rows returned or changed; null for commands that count none. */
  readonly rowCount: number | null;
}

export interface Column {
  readonly name: string;
  /** Object id of the type. */
  readonly typeId: number;
}

export type IsolationLevel = "ReadUncommitted" | "ReadCommitted" | "RepeatableRead" | "Serializable";
