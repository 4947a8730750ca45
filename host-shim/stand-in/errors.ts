/** An answer of Twilio's API that says no. */
export interface ApiError {
  status: number;
  code: number;
  message: string;
  detail?: string;
}

/** A body as the 2010 API writes it. The order of the keys is that of the recorded answers. */
export function errorBody(error: ApiError): Record<string, unknown> {
  return {
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    message: error.message,
    more_info: `https://www.twilio.com/docs/errors/${error.code}`,
    status: error.status,
  };
}

/** A 400, which is what nearly every validation error is. */
export function refuse(code: number, message: string): ApiError {
  return { status: 400, code, message };
}

/** The recorded answer to wrong credentials. */
export const unauthenticated: ApiError = {
  status: 401,
  code: 20003,
  message: "Authenticate",
  detail: "Your AccountSid or AuthToken was incorrect.",
};

/** The recorded answer to a path that names nothing. */
export function notFound(path: string): ApiError {
  return { status: 404, code: 20404, message: `The requested resource ${path} was not found` };
}

export const tooManyRequests: ApiError = { status: 429, code: 20429, message: "Too Many Requests" };

export const queueFull: ApiError = { status: 429, code: 21611, message: "SMS queue is full." };

export function dailyLimit(accountSid: string, limit: number): ApiError {
  return {
    status: 429,
    code: 63038,
    message: `Account ${accountSid} exceeded the ${limit} daily messages limit`,
  };
}

/** Tells an error from the body of a resource, none of which has a `code`. */
export function isApiError(value: object): value is ApiError {
  return "code" in value && "status" in value;
}
