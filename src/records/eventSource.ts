/** Names a pipeline as the source of events: `/swath/<pipeline>`, a URI reference. */
export function eventSource(pipeline: string): string {
  return `/swath/${encodeURIComponent(pipeline)}`;
}
