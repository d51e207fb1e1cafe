import { Response } from "undici";
import { HttpFailure } from "./client";

/** The response with a body that ends in an error beyond `maxBytes`, counted after decompression: a small one may unpack into any size. `ended`: it was read to its end, broke, or nobody reads on. */
export function limitResponse(response: Response, maxBytes: number, ended: () => void = () => undefined): Response {
  if (response.body === null) {
    ended();
    return response;
  }
  let size = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > maxBytes) controller.error(new HttpFailure("response_too_large", `the answer is larger than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers, url } = response;
  // Whoever reads hears of what breaks.
  void (response.body as ReadableStream<Uint8Array>).pipeTo(counted.writable).then(ended, ended);
  const limited = new Response(counted.readable, { status, statusText, headers });
  return Object.defineProperty(limited, "url", { value: url });
}
