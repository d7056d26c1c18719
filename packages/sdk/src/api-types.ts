// Made from docs/openapi.json by npm run generate.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive?
         * @description Answers as long as the process runs.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it take requests?
         * @description 200 when the database answers and its schema is this server's, else 503.
         */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description In the text format of Prometheus.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/track/click": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a click
         * @description A visitor landed on a page through a partner link. Answers the click id to keep, and for how many days. No credentials: browsers call it. The answer leaves after the click is on disk.
         */
        post: operations["trackClick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/click": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a click (legacy path)
         * @deprecated
         * @description Behaves as `POST /api/v1/track/click`. Kept for existing clients.
         */
        post: operations["trackClickLegacy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/track/lead": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a signup
         * @description A visitor became a lead. With the program's key (server mode) the customer is found by `customer_key`, then `click_id`, then the newest known of `click_ids`. Without a key (browser mode) a click id is needed. A repeated lead answers `already_tracked` and adds nothing.
         */
        post: operations["trackLead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/lead": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a signup (legacy path)
         * @deprecated
         * @description Behaves as `POST /api/v1/track/lead`. Kept for existing clients.
         */
        post: operations["trackLeadLegacy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/track/sale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a sale
         * @description A customer paid. Finds the customer by `customer_key`, then `click_id`; decides who earned; stores sale, commission and ledger entries in one transaction. `transaction_id` makes it happen once: a repetition answers 409 with the first ids.
         */
        post: operations["trackSale"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/sale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a sale (legacy path)
         * @deprecated
         * @description Behaves as `POST /api/v1/track/sale`. Kept for existing clients.
         */
        post: operations["trackSaleLegacy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/track/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a refund
         * @description Takes back the part of the commission that the refund is of the sale. Report either totals so far or single refunds with their ids; where both are reported, the greater counts, so that nothing is taken back twice. `deductionAmount` is what this call took, in major units of the commission's currency.
         */
        post: operations["trackRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a refund (legacy path)
         * @deprecated
         * @description Behaves as `POST /api/v1/track/refund`. Kept for existing clients.
         */
        post: operations["trackRefundLegacy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/programs/me/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clicks, leads and conversions, newest first
         * @description What happened, a page at a time. Test events, clicks of bots and leads that still wait for confirmation are not shown and not in `total`, so that it agrees with the performance. A cursor gives pages that new events do not shift, at the same cost however deep.
         */
        get: operations["readEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/events/{programId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clicks, leads and conversions, newest first, by program id
         * @description Answers as `GET /api/v1/programs/me/events`; errors are strings here.
         */
        get: operations["readEventsOfProgram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/programs/me/performance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clicks to commissions, by day
         * @description A row for each UTC day, with totals, and trends against the equally long time before. Sales and commissions count on the day of the sale, before refunds; refunds on their own day. Single amounts are in the program's currency; `currencies` has all of them.
         */
        get: operations["readPerformance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/performance/{programId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clicks to commissions, by day, by program id
         * @description Answers as `GET /api/v1/programs/me/performance`; errors are strings here.
         */
        get: operations["readPerformanceOfProgram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/programs/me/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far the integration is
         * @description Which kinds of events have arrived, and the newest test events of each.
         */
        get: operations["readStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/status/{programId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far the integration is, by program id
         * @description Answers as `GET /api/v1/programs/me/status`; errors are strings here.
         */
        get: operations["readStatusOfProgram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tracking/check-test-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which test events have arrived
         * @description For whoever has just sent one and waits for it.
         */
        post: operations["checkTestEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/programs/me/sales/{transaction_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a sale
         * @description One sale by its transaction id: amount, refunds, commission, and why that partner got it. A sale that was refused for its window is found too, with `sale_id: null`.
         */
        get: operations["readSale"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/programs/me/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The program's ledger
         * @description Every account with its balance, and the transactions behind them, newest first, 50 a page. Every transaction sums to zero, and so does the whole.
         */
        get: operations["readLedger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state in one word. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state in one word. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description The state in one word. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One metric a line. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    trackClick: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required outside test mode. The landing URL, with the partner code in `?aff=`. */
                    affiliate_url?: string;
                    /** @description The page that was opened. */
                    page_url?: string;
                    /** @description The page's title. */
                    page_title?: string;
                    /** @description Where the visitor came from. */
                    referrer_url?: string;
                    /** @description Your own id of the visitor's session. */
                    session_id?: string;
                    /** @description The visitor's user agent. Default: the request's own header. */
                    user_agent?: string;
                    /** @description Width x height in pixels, such as `1920x1080`. */
                    screen_resolution?: string;
                    /** @description Width x height in pixels. */
                    viewport_size?: string;
                    /** @description BCP 47 tag, such as `en-US`. */
                    language?: string;
                    /** @description IANA name, such as `Europe/Berlin`. */
                    timezone?: string;
                    /** @description The click id that the visitor already has. When it names a customer of the same program, it is kept and this click is added to it. */
                    existing_click_id?: string;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The click is on disk, or a reason why it is not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description The visitor's click id. Opaque; keep it as long as the cookie window says. */
                        click_id: string;
                        /** @description The link's code in its own spelling. */
                        partner_code: string;
                        cookie_window_days: number;
                    } | {
                        /** @enum {boolean} */
                        success: false;
                        /** @enum {string} */
                        message: "Referral link is inactive";
                    } | {
                        /** @enum {boolean} */
                        success: false;
                        /** @enum {string} */
                        message: "The browser forbids tracking (Global Privacy Control)";
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackClickLegacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required outside test mode. The landing URL, with the partner code in `?aff=`. */
                    affiliate_url?: string;
                    /** @description The page that was opened. */
                    page_url?: string;
                    /** @description The page's title. */
                    page_title?: string;
                    /** @description Where the visitor came from. */
                    referrer_url?: string;
                    /** @description Your own id of the visitor's session. */
                    session_id?: string;
                    /** @description The visitor's user agent. Default: the request's own header. */
                    user_agent?: string;
                    /** @description Width x height in pixels, such as `1920x1080`. */
                    screen_resolution?: string;
                    /** @description Width x height in pixels. */
                    viewport_size?: string;
                    /** @description BCP 47 tag, such as `en-US`. */
                    language?: string;
                    /** @description IANA name, such as `Europe/Berlin`. */
                    timezone?: string;
                    /** @description The click id that the visitor already has. When it names a customer of the same program, it is kept and this click is added to it. */
                    existing_click_id?: string;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The click is on disk, or a reason why it is not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description The visitor's click id. Opaque; keep it as long as the cookie window says. */
                        click_id: string;
                        /** @description The link's code in its own spelling. */
                        partner_code: string;
                        cookie_window_days: number;
                    } | {
                        /** @enum {boolean} */
                        success: false;
                        /** @enum {string} */
                        message: "Referral link is inactive";
                    } | {
                        /** @enum {boolean} */
                        success: false;
                        /** @enum {string} */
                        message: "The browser forbids tracking (Global Privacy Control)";
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackLead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The click id that the click call answered. */
                    click_id?: string;
                    /** @description Your own, stable id of the customer. It, `click_id` or `click_ids` is required outside test mode. */
                    customer_key?: string;
                    /** @description Stored as a keyed hash and a mask, never in the clear. */
                    email?: string;
                    /** @description Your own id of the visitor's session. */
                    session_id?: string;
                    /** @description The page on which it happened. */
                    page_url?: string;
                    /** @description Candidates, newest last: the newest that names a customer counts. */
                    click_ids?: string[];
                    /** @description A name for the event, such as `signup`. */
                    event_name?: string;
                    /** @description The program's id. */
                    program_id?: number | string;
                    /** @description Whether the tracker saw a partner code. Informative. */
                    has_attribution?: boolean;
                    /** @description The tracker's debug switch. Informative. */
                    debug_mode?: boolean;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The lead is on disk, or a reason why it is not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Lead tracked successfully */
                        message: string;
                        /** @description True when this customer had a lead before: nothing was added. */
                        already_tracked?: boolean;
                        /** @description True when the program lets only its backend settle a lead: this one counts once that call, or a sale, arrives. */
                        provisional?: boolean;
                    } | {
                        /** @enum {boolean} */
                        success: false;
                        /** @enum {string} */
                        message: "The browser forbids tracking (Global Privacy Control)";
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackLeadLegacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The click id that the click call answered. */
                    click_id?: string;
                    /** @description Your own, stable id of the customer. It, `click_id` or `click_ids` is required outside test mode. */
                    customer_key?: string;
                    /** @description Stored as a keyed hash and a mask, never in the clear. */
                    email?: string;
                    /** @description Your own id of the visitor's session. */
                    session_id?: string;
                    /** @description The page on which it happened. */
                    page_url?: string;
                    /** @description Candidates, newest last: the newest that names a customer counts. */
                    click_ids?: string[];
                    /** @description A name for the event, such as `signup`. */
                    event_name?: string;
                    /** @description The program's id. */
                    program_id?: number | string;
                    /** @description Whether the tracker saw a partner code. Informative. */
                    has_attribution?: boolean;
                    /** @description The tracker's debug switch. Informative. */
                    debug_mode?: boolean;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The lead is on disk, or a reason why it is not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Lead tracked successfully */
                        message: string;
                        /** @description True when this customer had a lead before: nothing was added. */
                        already_tracked?: boolean;
                        /** @description True when the program lets only its backend settle a lead: this one counts once that call, or a sale, arrives. */
                        provisional?: boolean;
                    } | {
                        /** @enum {boolean} */
                        success: false;
                        /** @enum {string} */
                        message: "The browser forbids tracking (Global Privacy Control)";
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackSale: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required outside test mode: your invoice or payment id. It is the idempotency key: unique within the program, for ever, compared exactly. */
                    transaction_id?: string;
                    /** @description The amount in the currency's smallest unit: 4900 is 49.00 USD, and 4900 JPY. */
                    amount_cents?: number;
                    /** @description Your own id of the customer. Looked up first. */
                    customer_key?: string;
                    /** @description Used when the key is missing or unknown; its customer then gets the key. */
                    click_id?: string;
                    /** @description ISO 4217 code in any case, one of 167. Default: the program's currency. */
                    currency?: string;
                    /**
                     * @description Default `payment`.
                     * @enum {unknown}
                     */
                    sale_type?: "payment" | "subscription";
                    /** @description Default false. */
                    is_recurring?: boolean;
                    /** @description A renewal of a subscription whose first sale was attributed goes to the same partner, whatever the window. */
                    subscription_id?: string;
                    /**
                     * @description How often it is billed.
                     * @enum {unknown}
                     */
                    subscription_interval?: "monthly" | "quarterly" | "annual";
                    /** @description Your product's id. */
                    product_id?: string;
                    /** @description Any JSON of at most 16 KiB, stored as JSON values: numbers as doubles, control characters dropped. */
                    line_items?: unknown;
                    /** @description Stored as a keyed hash and a mask, never in the clear. */
                    email?: string;
                    /** @description A name for the event. */
                    event_name?: string;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The sale is on disk, or its window had expired. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        sale_id: number;
                        commission_id: number | null;
                        /** @enum {string} */
                        message: "Sale tracked successfully";
                        /** @enum {boolean} */
                        attributed: true;
                        partner_code: string;
                        /** @description In the smallest unit of the sale's currency, or of a fixed commission's own. */
                        commission_cents: number;
                        /** @description Why there is no commission: `policy_pays_nothing`, `rounds_to_zero`, `duration_ended` or `not_first_sale`. */
                        reason?: string;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @enum {boolean} */
                        attributed: false;
                        /** @enum {string} */
                        reason: "attribution_window_expired";
                        click_age_days: number;
                        window_days: number;
                        sale_id: null;
                        commission_id: null;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description With the first sale's ids. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        error: "Duplicate transaction_id. This sale has already been recorded.";
                        code: "duplicate_transaction" | "transaction_mismatch";
                        request_id: string;
                        sale_id: number | null;
                        commission_id: number | null;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackSaleLegacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required outside test mode: your invoice or payment id. It is the idempotency key: unique within the program, for ever, compared exactly. */
                    transaction_id?: string;
                    /** @description The amount in the currency's smallest unit: 4900 is 49.00 USD, and 4900 JPY. */
                    amount_cents?: number;
                    /** @description Your own id of the customer. Looked up first. */
                    customer_key?: string;
                    /** @description Used when the key is missing or unknown; its customer then gets the key. */
                    click_id?: string;
                    /** @description ISO 4217 code in any case, one of 167. Default: the program's currency. */
                    currency?: string;
                    /**
                     * @description Default `payment`.
                     * @enum {unknown}
                     */
                    sale_type?: "payment" | "subscription";
                    /** @description Default false. */
                    is_recurring?: boolean;
                    /** @description A renewal of a subscription whose first sale was attributed goes to the same partner, whatever the window. */
                    subscription_id?: string;
                    /**
                     * @description How often it is billed.
                     * @enum {unknown}
                     */
                    subscription_interval?: "monthly" | "quarterly" | "annual";
                    /** @description Your product's id. */
                    product_id?: string;
                    /** @description Any JSON of at most 16 KiB, stored as JSON values: numbers as doubles, control characters dropped. */
                    line_items?: unknown;
                    /** @description Stored as a keyed hash and a mask, never in the clear. */
                    email?: string;
                    /** @description A name for the event. */
                    event_name?: string;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The sale is on disk, or its window had expired. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        sale_id: number;
                        commission_id: number | null;
                        /** @enum {string} */
                        message: "Sale tracked successfully";
                        /** @enum {boolean} */
                        attributed: true;
                        partner_code: string;
                        /** @description In the smallest unit of the sale's currency, or of a fixed commission's own. */
                        commission_cents: number;
                        /** @description Why there is no commission: `policy_pays_nothing`, `rounds_to_zero`, `duration_ended` or `not_first_sale`. */
                        reason?: string;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @enum {boolean} */
                        attributed: false;
                        /** @enum {string} */
                        reason: "attribution_window_expired";
                        click_age_days: number;
                        window_days: number;
                        sale_id: null;
                        commission_id: null;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description With the first sale's ids. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        error: "Duplicate transaction_id. This sale has already been recorded.";
                        code: "duplicate_transaction" | "transaction_mismatch";
                        request_id: string;
                        sale_id: number | null;
                        commission_id: number | null;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackRefund: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required outside test mode: the transaction id of the sale. */
                    transaction_id?: string;
                    /** @description Omitted or 0: everything. Without `refund_id`: the total refunded so far on that sale, so that the same call twice changes nothing. With `refund_id`: the amount of this refund alone. */
                    refund_amount_cents?: number;
                    /** @description This refund's own id. Each counts once on its sale. */
                    refund_id?: string;
                    /** @description Why, in your words. */
                    refund_reason?: string;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description What the refund took back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description `reversed`: the whole sale is refunded. `refunded`: a part of it. */
                        status: "reversed" | "refunded";
                        /** @description What this call took back, in major units. */
                        deductionAmount: number;
                        /** @description The same, exact, in minor units. */
                        deduction_amount_cents: number;
                        commission_id: number;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @enum {string} */
                        status: "skipped";
                        /** @enum {string} */
                        reason: "already reversed";
                        commission_id: number;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @enum {string} */
                        status: "no_commission";
                        /** @enum {string} */
                        message: "Sale has no commission to reverse";
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description There is no such sale in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    trackRefundLegacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required outside test mode: the transaction id of the sale. */
                    transaction_id?: string;
                    /** @description Omitted or 0: everything. Without `refund_id`: the total refunded so far on that sale, so that the same call twice changes nothing. With `refund_id`: the amount of this refund alone. */
                    refund_amount_cents?: number;
                    /** @description This refund's own id. Each counts once on its sale. */
                    refund_id?: string;
                    /** @description Why, in your words. */
                    refund_reason?: string;
                    /** @description Test mode and notes. Unknown fields are ignored. */
                    additional_data?: {
                        /** @description True stores a test event: it touches no attribution, customer, commission, counter or metric. */
                        test_mode?: boolean;
                        /** @description The program's id. */
                        program_id?: number | string;
                        /** @description A name for the event. */
                        event_name?: string;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description What the refund took back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        /** @description `reversed`: the whole sale is refunded. `refunded`: a part of it. */
                        status: "reversed" | "refunded";
                        /** @description What this call took back, in major units. */
                        deductionAmount: number;
                        /** @description The same, exact, in minor units. */
                        deduction_amount_cents: number;
                        commission_id: number;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @enum {string} */
                        status: "skipped";
                        /** @enum {string} */
                        reason: "already reversed";
                        commission_id: number;
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @enum {string} */
                        status: "no_commission";
                        /** @enum {string} */
                        message: "Sale has no commission to reverse";
                    } | {
                        /** @enum {boolean} */
                        success: true;
                        /** @example Test click event tracked successfully */
                        message: string;
                        data: {
                            eventId: number;
                            programId: number;
                            /** @enum {boolean} */
                            test_mode: true;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description There is no such sale in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is over 64 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not `application/json`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. Sales, refunds and leads can be sent again: what was stored is not stored twice. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue; nothing was stored. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    readEvents: {
        parameters: {
            query?: {
                /**
                 * @description From 1. Default 1.
                 * @example 2
                 */
                page?: string;
                /**
                 * @description 1 to 100. Default 10.
                 * @example 50
                 */
                pageSize?: string;
                /** @description Default: all of them. */
                eventType?: "click" | "lead" | "conversion";
                /**
                 * @description Events from this UTC day or moment on, by `timestamp`.
                 * @example 2026-03-01
                 */
                dateFrom?: string;
                /**
                 * @description Events up to this moment; a date without a time includes that UTC day.
                 * @example 2026-03-01
                 */
                dateTo?: string;
                /** @description `meta.pagination.nextCursor` of the page before, with the same filters. New events never move it. With it `page` does not count. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Newest first. Without test events, bots, and leads that wait for confirmation. */
                        data: ({
                            id: number;
                            /** @enum {string} */
                            event_type: "click";
                            /**
                             * Format: date-time
                             * @description When it counts. A lead that waited for confirmation counts from then on.
                             */
                            timestamp: string;
                            /** @description The visitor's click id. */
                            click_id: string;
                            session_id: string | null;
                            page_url: string | null;
                            referrer_url: string | null;
                            geo_country: string | null;
                            geo_region: string | null;
                            geo_city: string | null;
                            device_type: string | null;
                            device_os: string | null;
                            browser_name: string | null;
                            /** @description Whether this visitor has bought by now. */
                            converted: boolean;
                            /**
                             * Format: date-time
                             * @description When it was recorded.
                             */
                            createdAt: string;
                        } | {
                            id: number;
                            /** @enum {string} */
                            event_type: "lead";
                            /**
                             * Format: date-time
                             * @description When it counts. A lead that waited for confirmation counts from then on.
                             */
                            timestamp: string;
                            /** @description The visitor's click id. */
                            click_id: string;
                            customer_key: string | null;
                            session_id: string | null;
                            page_url: string | null;
                            /** @description Whether this visitor has bought by now. */
                            converted: boolean;
                            /**
                             * Format: date-time
                             * @description When it was recorded.
                             */
                            createdAt: string;
                        } | {
                            /** @description The sale_id. */
                            id: number;
                            /** @enum {string} */
                            event_type: "conversion";
                            /**
                             * Format: date-time
                             * @description When it counts. A lead that waited for confirmation counts from then on.
                             */
                            timestamp: string;
                            /** @description The visitor's click id. */
                            click_id: string;
                            /** @description In the currency's smallest unit. */
                            amount_cents: number;
                            currency: string;
                            sale_type: string;
                            /** @description As it is now. */
                            payment_status: "paid" | "partially_refunded" | "refunded";
                            /** @description The transaction id, by which the sale can be read. */
                            processor_event_id: string;
                            is_recurring: boolean;
                            /**
                             * Format: date-time
                             * @description When it was recorded.
                             */
                            createdAt: string;
                        })[];
                        meta: {
                            pagination: {
                                page: number;
                                pageSize: number;
                                pageCount: number;
                                /** @description How many events the filters let through. */
                                total: number;
                                nextCursor: string | null;
                            };
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
        };
    };
    readEventsOfProgram: {
        parameters: {
            query?: {
                /**
                 * @description From 1. Default 1.
                 * @example 2
                 */
                page?: string;
                /**
                 * @description 1 to 100. Default 10.
                 * @example 50
                 */
                pageSize?: string;
                /** @description Default: all of them. */
                eventType?: "click" | "lead" | "conversion";
                /**
                 * @description Events from this UTC day or moment on, by `timestamp`.
                 * @example 2026-03-01
                 */
                dateFrom?: string;
                /**
                 * @description Events up to this moment; a date without a time includes that UTC day.
                 * @example 2026-03-01
                 */
                dateTo?: string;
                /** @description `meta.pagination.nextCursor` of the page before, with the same filters. New events never move it. With it `page` does not count. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The program's id. Any other than that of the key's own program is 404. */
                programId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Newest first. Without test events, bots, and leads that wait for confirmation. */
                        data: ({
                            id: number;
                            /** @enum {string} */
                            event_type: "click";
                            /**
                             * Format: date-time
                             * @description When it counts. A lead that waited for confirmation counts from then on.
                             */
                            timestamp: string;
                            /** @description The visitor's click id. */
                            click_id: string;
                            session_id: string | null;
                            page_url: string | null;
                            referrer_url: string | null;
                            geo_country: string | null;
                            geo_region: string | null;
                            geo_city: string | null;
                            device_type: string | null;
                            device_os: string | null;
                            browser_name: string | null;
                            /** @description Whether this visitor has bought by now. */
                            converted: boolean;
                            /**
                             * Format: date-time
                             * @description When it was recorded.
                             */
                            createdAt: string;
                        } | {
                            id: number;
                            /** @enum {string} */
                            event_type: "lead";
                            /**
                             * Format: date-time
                             * @description When it counts. A lead that waited for confirmation counts from then on.
                             */
                            timestamp: string;
                            /** @description The visitor's click id. */
                            click_id: string;
                            customer_key: string | null;
                            session_id: string | null;
                            page_url: string | null;
                            /** @description Whether this visitor has bought by now. */
                            converted: boolean;
                            /**
                             * Format: date-time
                             * @description When it was recorded.
                             */
                            createdAt: string;
                        } | {
                            /** @description The sale_id. */
                            id: number;
                            /** @enum {string} */
                            event_type: "conversion";
                            /**
                             * Format: date-time
                             * @description When it counts. A lead that waited for confirmation counts from then on.
                             */
                            timestamp: string;
                            /** @description The visitor's click id. */
                            click_id: string;
                            /** @description In the currency's smallest unit. */
                            amount_cents: number;
                            currency: string;
                            sale_type: string;
                            /** @description As it is now. */
                            payment_status: "paid" | "partially_refunded" | "refunded";
                            /** @description The transaction id, by which the sale can be read. */
                            processor_event_id: string;
                            is_recurring: boolean;
                            /**
                             * Format: date-time
                             * @description When it was recorded.
                             */
                            createdAt: string;
                        })[];
                        meta: {
                            pagination: {
                                page: number;
                                pageSize: number;
                                pageCount: number;
                                /** @description How many events the filters let through. */
                                total: number;
                                nextCursor: string | null;
                            };
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description There is nothing like that in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The path is too long to name anything. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    readPerformance: {
        parameters: {
            query?: {
                /** @description Today and the days before it, in UTC; `all` begins with the program, at most ten years ago. Default `7d`. With `dateFrom` or `dateTo` it does not count. */
                period?: "7d" | "30d" | "90d" | "all";
                /**
                 * @description The first UTC day; of a time, its day. Default: six days before `dateTo`.
                 * @example 2026-03-01
                 */
                dateFrom?: string;
                /**
                 * @description The last UTC day, included; of a time, its day. Default: today.
                 * @example 2026-03-01
                 */
                dateTo?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Days, totals and trends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description A row a day, oldest first; days without events are there as zeros. */
                        data: {
                            /**
                             * Format: date
                             * @description The UTC day.
                             */
                            date: string;
                            /**
                             * Format: date
                             * @description The same.
                             */
                            period: string;
                            /** @description Clicks of people; bots and tests are not counted. */
                            clicks: number;
                            /** @description Signups that began to count on this day. */
                            leads: number;
                            /** @description Customers whose first attributed sale was on this day. */
                            conversions: number;
                            /** @description In major units of the program's currency, before refunds. */
                            revenue: number;
                            /** @description Partners who joined on this day. */
                            partners: number;
                            /** @description Paid sales, in all currencies. */
                            sales: number;
                            /** @description In major units of the program's currency, before refunds. */
                            commission: number;
                            /** @description The revenue, exact. */
                            revenue_cents: number;
                            /** @description Refunded on this day, whenever the sale was. */
                            refunded_cents: number;
                            /** @description The commission, exact. */
                            commission_cents: number;
                            /** @description What the refunds of this day took back. */
                            commission_reversed_cents: number;
                        }[];
                        metrics: {
                            /** @description Sum of the days, like all totals. */
                            totalClicks: number;
                            /** @description Signups. */
                            totalLeads: number;
                            /** @description New paying customers. */
                            totalConversions: number;
                            /** @description In major units of the program's currency, before refunds. */
                            totalRevenue: number;
                            /** @description Conversions ÷ clicks × 100, two decimals. */
                            conversionRate: number;
                            /** @description Of the sales in the program's currency, in major units. */
                            averageOrderValue: number;
                            /** @description Partners who joined. */
                            totalPartners: number;
                            /** @description Paid sales, in all currencies. */
                            totalSales: number;
                            /** @description In major units of the program's currency, before refunds. */
                            totalPartnersCommission: number;
                            clicksTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            leadsTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            conversionsTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            revenueTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            partnersTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            salesTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            commissionTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            /** @description The revenue, exact. */
                            totalRevenueCents: number;
                            /** @description Refunded in this time, whenever the sale was. */
                            totalRefundedCents: number;
                            /** @description Rounded half up to the minor unit. */
                            averageOrderValueCents: number;
                            /** @description The commission, exact. */
                            totalPartnersCommissionCents: number;
                            /** @description What the refunds of this time took back. */
                            totalCommissionReversedCents: number;
                            /** @description Every currency in which anything happened, by code. Nothing is converted. */
                            currencies: {
                                currency: string;
                                sales: number;
                                revenue_cents: number;
                                refunded_cents: number;
                                commission_cents: number;
                                commission_reversed_cents: number;
                            }[];
                        };
                        meta: {
                            /** @description As asked, or `custom` with dates. */
                            period: string;
                            /**
                             * Format: date
                             * @description The first day.
                             */
                            dateFrom: string;
                            /**
                             * Format: date
                             * @description The last day, included.
                             */
                            dateTo: string;
                            /** @description The equally long time before, with which the trends compare. */
                            previousPeriod: {
                                /**
                                 * Format: date
                                 * @description The first day.
                                 */
                                dateFrom: string;
                                /**
                                 * Format: date
                                 * @description The last day, included.
                                 */
                                dateTo: string;
                            };
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
        };
    };
    readPerformanceOfProgram: {
        parameters: {
            query?: {
                /** @description Today and the days before it, in UTC; `all` begins with the program, at most ten years ago. Default `7d`. With `dateFrom` or `dateTo` it does not count. */
                period?: "7d" | "30d" | "90d" | "all";
                /**
                 * @description The first UTC day; of a time, its day. Default: six days before `dateTo`.
                 * @example 2026-03-01
                 */
                dateFrom?: string;
                /**
                 * @description The last UTC day, included; of a time, its day. Default: today.
                 * @example 2026-03-01
                 */
                dateTo?: string;
            };
            header?: never;
            path: {
                /** @description The program's id. Any other than that of the key's own program is 404. */
                programId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Days, totals and trends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description A row a day, oldest first; days without events are there as zeros. */
                        data: {
                            /**
                             * Format: date
                             * @description The UTC day.
                             */
                            date: string;
                            /**
                             * Format: date
                             * @description The same.
                             */
                            period: string;
                            /** @description Clicks of people; bots and tests are not counted. */
                            clicks: number;
                            /** @description Signups that began to count on this day. */
                            leads: number;
                            /** @description Customers whose first attributed sale was on this day. */
                            conversions: number;
                            /** @description In major units of the program's currency, before refunds. */
                            revenue: number;
                            /** @description Partners who joined on this day. */
                            partners: number;
                            /** @description Paid sales, in all currencies. */
                            sales: number;
                            /** @description In major units of the program's currency, before refunds. */
                            commission: number;
                            /** @description The revenue, exact. */
                            revenue_cents: number;
                            /** @description Refunded on this day, whenever the sale was. */
                            refunded_cents: number;
                            /** @description The commission, exact. */
                            commission_cents: number;
                            /** @description What the refunds of this day took back. */
                            commission_reversed_cents: number;
                        }[];
                        metrics: {
                            /** @description Sum of the days, like all totals. */
                            totalClicks: number;
                            /** @description Signups. */
                            totalLeads: number;
                            /** @description New paying customers. */
                            totalConversions: number;
                            /** @description In major units of the program's currency, before refunds. */
                            totalRevenue: number;
                            /** @description Conversions ÷ clicks × 100, two decimals. */
                            conversionRate: number;
                            /** @description Of the sales in the program's currency, in major units. */
                            averageOrderValue: number;
                            /** @description Partners who joined. */
                            totalPartners: number;
                            /** @description Paid sales, in all currencies. */
                            totalSales: number;
                            /** @description In major units of the program's currency, before refunds. */
                            totalPartnersCommission: number;
                            clicksTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            leadsTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            conversionsTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            revenueTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            partnersTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            salesTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            commissionTrend: {
                                /** @description Percent without a sign, one decimal. From 0 to more it is 100, from 0 to 0 it is 0. */
                                trend: number;
                                trendDirection: "up" | "down" | "stable";
                            };
                            /** @description The revenue, exact. */
                            totalRevenueCents: number;
                            /** @description Refunded in this time, whenever the sale was. */
                            totalRefundedCents: number;
                            /** @description Rounded half up to the minor unit. */
                            averageOrderValueCents: number;
                            /** @description The commission, exact. */
                            totalPartnersCommissionCents: number;
                            /** @description What the refunds of this time took back. */
                            totalCommissionReversedCents: number;
                            /** @description Every currency in which anything happened, by code. Nothing is converted. */
                            currencies: {
                                currency: string;
                                sales: number;
                                revenue_cents: number;
                                refunded_cents: number;
                                commission_cents: number;
                                commission_reversed_cents: number;
                            }[];
                        };
                        meta: {
                            /** @description As asked, or `custom` with dates. */
                            period: string;
                            /**
                             * Format: date
                             * @description The first day.
                             */
                            dateFrom: string;
                            /**
                             * Format: date
                             * @description The last day, included.
                             */
                            dateTo: string;
                            /** @description The equally long time before, with which the trends compare. */
                            previousPeriod: {
                                /**
                                 * Format: date
                                 * @description The first day.
                                 */
                                dateFrom: string;
                                /**
                                 * Format: date
                                 * @description The last day, included.
                                 */
                                dateTo: string;
                            };
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description There is nothing like that in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The path is too long to name anything. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    readStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far the integration is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            programId: string;
                            stepStatuses: {
                                /** @description Complete once a click has arrived, a test or a real one. */
                                pageview: "complete" | "pending";
                                /** @description Complete once a signup has arrived. */
                                referrals: "complete" | "pending";
                                /** @description Complete once a sale has arrived. */
                                payments: "complete" | "pending";
                            };
                            statistics: {
                                pageview: {
                                    /** @description At most 10. */
                                    testEventCount: number;
                                    hasTestEvents: boolean;
                                    latestTestEvent: {
                                        id: number;
                                        /** Format: date-time */
                                        timestamp: string;
                                        /** Format: date-time */
                                        createdAt: string;
                                    } | null;
                                };
                                referrals: {
                                    /** @description At most 10. */
                                    testEventCount: number;
                                    hasTestEvents: boolean;
                                    latestTestEvent: {
                                        id: number;
                                        /** Format: date-time */
                                        timestamp: string;
                                        /** Format: date-time */
                                        createdAt: string;
                                    } | null;
                                };
                                /** @description Stripe cannot be connected yet: sales come from your backend. */
                                payments: {
                                    stripeConnectionStatus: string;
                                    isStripeConnected: boolean;
                                    stripeAccountId: string | null;
                                    chargesEnabled: boolean;
                                    payoutsEnabled: boolean;
                                    detailsSubmitted: boolean;
                                    connectionDate: string | null;
                                };
                            };
                            hasPartners: boolean;
                            /** Format: date-time */
                            lastUpdated: string;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
        };
    };
    readStatusOfProgram: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The program's id. Any other than that of the key's own program is 404. */
                programId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far the integration is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            programId: string;
                            stepStatuses: {
                                /** @description Complete once a click has arrived, a test or a real one. */
                                pageview: "complete" | "pending";
                                /** @description Complete once a signup has arrived. */
                                referrals: "complete" | "pending";
                                /** @description Complete once a sale has arrived. */
                                payments: "complete" | "pending";
                            };
                            statistics: {
                                pageview: {
                                    /** @description At most 10. */
                                    testEventCount: number;
                                    hasTestEvents: boolean;
                                    latestTestEvent: {
                                        id: number;
                                        /** Format: date-time */
                                        timestamp: string;
                                        /** Format: date-time */
                                        createdAt: string;
                                    } | null;
                                };
                                referrals: {
                                    /** @description At most 10. */
                                    testEventCount: number;
                                    hasTestEvents: boolean;
                                    latestTestEvent: {
                                        id: number;
                                        /** Format: date-time */
                                        timestamp: string;
                                        /** Format: date-time */
                                        createdAt: string;
                                    } | null;
                                };
                                /** @description Stripe cannot be connected yet: sales come from your backend. */
                                payments: {
                                    stripeConnectionStatus: string;
                                    isStripeConnected: boolean;
                                    stripeAccountId: string | null;
                                    chargesEnabled: boolean;
                                    payoutsEnabled: boolean;
                                    detailsSubmitted: boolean;
                                    connectionDate: string | null;
                                };
                            };
                            hasPartners: boolean;
                            /** Format: date-time */
                            lastUpdated: string;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description There is nothing like that in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The path is too long to name anything. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    checkTestEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The program's id. */
                    program_id: number | string;
                    /**
                     * @description Only this step. Default: all.
                     * @enum {unknown}
                     */
                    step?: "pageview" | "referrals" | "payments";
                };
            };
        };
        responses: {
            /** @description Which test events have arrived. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            programId: number;
                            steps: {
                                pageview?: {
                                    received: boolean;
                                    /** @description Test events, at most 10. */
                                    count: number;
                                    latest: string | null;
                                };
                                referrals?: {
                                    received: boolean;
                                    /** @description Test events, at most 10. */
                                    count: number;
                                    latest: string | null;
                                };
                                payments?: {
                                    received: boolean;
                                    /** @description Test events, at most 10. */
                                    count: number;
                                    latest: string | null;
                                };
                            };
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description There is nothing like that in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Error */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Error */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One sentence. */
                        error: string;
                        /** @description Stable, snake_case. */
                        code: string;
                        /** @description Equal to the X-Request-Id header. */
                        request_id: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    readSale: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The transaction id, percent-encoded. Compared exactly. */
                transaction_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sale, its commission and its verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            sale_id: number | null;
                            transaction_id: string;
                            amount_cents: number;
                            currency: string;
                            refunded_cents: number;
                            attributed: boolean;
                            reason: string | null;
                            partner_code: string | null;
                            click_id: string;
                            customer_key: string | null;
                            commission: {
                                commission_id: number;
                                amount_cents: number;
                                reversed_cents: number;
                                currency: string;
                                status: string;
                                /**
                                 * Format: date-time
                                 * @description Not approved before this moment.
                                 */
                                hold_ends_at: string;
                                policy_id: number;
                                policy_version: number;
                            } | null;
                            attribution: {
                                model: string;
                                binding: string;
                                verdict: string;
                                window_days: number;
                                click_age_days?: number;
                                touches: {
                                    click_event_id: number;
                                    click_id: string;
                                    partner_code: string;
                                    /**
                                     * Format: date-time
                                     * @description When the click happened.
                                     */
                                    at: string;
                                    /** @description False: it could not have won under any model. */
                                    considered: boolean;
                                    /** @description Why it won (`last_click`, `renewal_of_subscription`) or lost (`superseded_by_later_click`, `superseded_by_subscription`, `outside_window`, `after_signup`, `after_event`, `partner_removed`). */
                                    why: string;
                                }[];
                            };
                            /**
                             * Format: date-time
                             * @description When the sale was decided on.
                             */
                            created_at: string;
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description There is nothing like that in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The path is too long to name anything. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
        };
    };
    readLedger: {
        parameters: {
            query?: {
                /** @description Any code of the partner. Default: all partners. */
                partner_code?: string;
                /** @description ISO 4217 code. Default: all currencies. */
                currency?: string;
                /** @description `meta.pagination.nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accounts, transactions and their sum. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            accounts: {
                                /** @description `expense` (what the program gives), `pending` (on hold), `payable`, `clearing` (in a payout), `paid`, `receivable` (owed by the partner). */
                                account: string;
                                partner_code: string | null;
                                currency: string;
                                /** @description The sum of all entries of the account. Positive: received. */
                                balance_cents: number;
                            }[];
                            transactions: {
                                id: number;
                                /**
                                 * Format: date-time
                                 * @description When it was posted.
                                 */
                                at: string;
                                kind: string;
                                /** @description What caused it. A kind and ref happen once. */
                                ref: string;
                                entries: {
                                    /** @description `expense` (what the program gives), `pending` (on hold), `payable`, `clearing` (in a payout), `paid`, `receivable` (owed by the partner). */
                                    account: string;
                                    partner_code: string | null;
                                    currency: string;
                                    amount_cents: number;
                                }[];
                            }[];
                            /** @description The sum of all accounts above, by currency: 0, or something is very wrong. */
                            sum_cents: {
                                [key: string]: number;
                            };
                        };
                        meta: {
                            pagination: {
                                nextCursor: string | null;
                            };
                        };
                    };
                };
            };
            /** @description Something in the request is wrong; the sentence names it. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The key is missing, malformed, unknown, revoked or expired. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description There is nothing like that in this program. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description Too many requests; `Retry-After` says when to come back. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description It failed on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
            /** @description The server has more work than it may queue. Try again after `Retry-After` seconds. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        error: {
                            /** @description Stable, snake_case. */
                            code: string;
                            /** @description One sentence. */
                            message: string;
                            status: number;
                            retry_after_seconds?: number;
                            /** @description Equal to the X-Request-Id header. */
                            request_id: string;
                        };
                    };
                };
            };
        };
    };
}
