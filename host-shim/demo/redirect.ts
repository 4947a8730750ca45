export { redirectTo } from "../cli/stand-in.js";
