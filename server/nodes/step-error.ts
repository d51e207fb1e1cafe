/** An error as it is stored with the step run and shown. */
export interface StepError {
  /** Machine-readable: `http_status`, `expression_error`, `timeout`, `invalid_config`, … */
  code: string;
  message: string;
  /** Node at fault and where in its config, when known. */
  nodeId?: string;
  path?: string;
  field?: string;
  details?: unknown;
  cause?: StepError;
}
