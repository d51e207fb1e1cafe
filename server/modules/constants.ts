/** Versions of a block in one answer. */
export const BLOCK_VERSIONS_PAGE = 50;
