// Loaded before the program: what is meant for Twilio goes to the stand-in at `STAND_IN`, and
// nothing else goes anywhere.

const real = globalThis.fetch;
const twilio = /^https:\/\/(?:api|messaging)\.twilio\.com\//;

globalThis.fetch = async (url, init) => {
  if (!twilio.test(String(url))) throw new Error("only Twilio has a stand-in");
  return real(String(url).replace(twilio, `${process.env.STAND_IN}/`), init);
};
