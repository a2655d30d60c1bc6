// A stand-in for an agent, as `claude` on the PATH. What it does is its first word:
//   ask PROMPT    asks the model, says which tool it is given, answers it with the rest of the words, says what the model says
//   args, stdin   says what it was given
//   exit N        ends with that code
//   interrupt     sends SIGINT to the process that started it, as a script would, and waits
//   base          says where its model is
const [what, ...words] = process.argv.slice(2);
const base = process.env.ANTHROPIC_BASE_URL;

async function ask(messages) {
  const body = JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 100, messages, tools: [{ name: 'Bash', input_schema: { type: 'object' } }, { name: 'Read', input_schema: { type: 'object' } }] });
  const response = await fetch(`${base}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }, body });
  return [response.status, await response.json()];
}

if (what === 'ask') {
  const [prompt, result = 'fine'] = words;
  const messages = [{ role: 'user', content: prompt }];
  const [status, message] = await ask(messages);
  if (status !== 200) console.log(status, message.error?.message);
  else {
    const call = message.content.find((block) => block.type === 'tool_use');
    console.log(`told to run ${call.name}`);
    const content = [{ type: 'tool_result', tool_use_id: call.id, content: result }];
    const [, last] = await ask([...messages, { role: 'assistant', content: message.content }, { role: 'user', content }]);
    console.log(last.content?.[0]?.text ?? JSON.stringify(last));
  }
} else if (what === 'stdin') {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  console.log(JSON.stringify(text));
} else if (what === 'exit') process.exit(Number(words[0]));
else if (what === 'interrupt') {
  setInterval(() => {}, 1000);
  process.kill(process.ppid, 'SIGINT');
} else if (what === 'base') console.log(base);
else console.log(JSON.stringify(process.argv.slice(2)));
