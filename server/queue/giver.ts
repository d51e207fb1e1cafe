/** Of `f.giver` and the blob `b`: a run or event has what it stored and what it was given itself; null is somebody who was asked before. */
export const GIVER_HAS = "(f.giver IS NULL OR b.owner_id = f.giver OR EXISTS (SELECT FROM blob_share s WHERE s.blob_id = b.id AND s.run_id = f.giver))";
