-- Requests to addresses that nobody has belong to no workspace: the installation counts them by day.
CREATE TABLE "unknown_call" (
    "place" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 0,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unknown_call_pkey" PRIMARY KEY ("place", "day"),
    CONSTRAINT unknown_call_place_check CHECK (place IN ('hook', 'route'))
);
COMMENT ON TABLE unknown_call IS 'owner only';

SELECT grant_millrace_roles();
