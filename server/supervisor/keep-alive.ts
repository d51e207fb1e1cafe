/** Milliseconds for which a connection without a request stays open: longer than load balancers and clients keep theirs, which else send one into its end. */
export const KEEP_ALIVE_TIMEOUT = "75000";
