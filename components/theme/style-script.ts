/**
 * Runs before any other script: style elements that scripts make (the editor, lists that open, toasts) get the nonce of the response, so that
 * the policy refuses all others. It is for styles what `strict-dynamic` is for scripts; markup that gets into a page gets no nonce by it.
 */
export const styleScript = `(function () {
  var nonce = document.currentScript && document.currentScript.nonce;
  if (!nonce) return;
  var create = document.createElement;
  document.createElement = function (name) {
    var made = create.apply(document, arguments);
    if (String(name).toLowerCase() === "style") made.nonce = nonce;
    return made;
  };
})();`;
