// Of a trigger `t`.
export const IS_PAUSED = "coalesce(t.paused_until > (SELECT clock_timestamp()), false)";
/** Takes nothing in meanwhile; what has come in already is held. */
export const REFUSES = `(coalesce(t.pause_policy = 'refuse', false) AND ${IS_PAUSED})`;
