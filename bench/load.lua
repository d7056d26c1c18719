-- Sends the requests of a file in turn: one a line, a user agent, a tab and a JSON body.
-- Arguments: the file, a bearer key or "-", and digits that no other run of this load uses.
-- "UNIQUE" in a body becomes a number that is never sent twice. Prints its figures as one line of JSON.

local threads = 0
local requests, templates, at, sent, unique

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local function headers(agent, key)
  local made = { ["Content-Type"] = "application/json" }
  if agent ~= "" then made["User-Agent"] = agent end
  if key ~= "-" then made["Authorization"] = "Bearer " .. key end
  return made
end

function init(args)
  requests, templates, sent = {}, {}, 0
  unique = args[3] .. string.format("%02d", number)
  for line in io.lines(args[1]) do
    local agent, body = line:match("^(.-)\t(.*)$")
    local i = #requests + 1
    if body:find("UNIQUE", 1, true) then
      templates[i] = { body = body, headers = headers(agent, args[2]) }
      requests[i] = false
    else
      requests[i] = wrk.format("POST", nil, headers(agent, args[2]), body)
    end
  end
  at = number * 991
end

function request()
  at = at % #requests + 1
  local made = requests[at]
  if made then return made end
  sent = sent + 1
  local template = templates[at]
  local body = template.body:gsub("UNIQUE", unique .. string.format("%07d", sent))
  return wrk.format("POST", nil, template.headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
