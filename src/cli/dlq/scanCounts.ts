/** What a scan came across beside dead letters. */
export interface ScanCounts {
  /** Records that are no dead letters. */
  readonly unreadable: number;
  /** Dead letters of which parts are missing. */
  readonly incomplete: number;
}
