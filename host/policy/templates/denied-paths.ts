/** The deny rules that both templates share: where credentials live, and nothing that daily work reads. */
export const DENIED_PATHS = `deny_paths:
  # Keys and certificates. Public halves (*.pub, *.crt) stay readable outside these folders.
  - ~/.ssh
  - ~/.gnupg
  - "{id_rsa,id_dsa,id_ecdsa,id_ed25519,id_ecdsa_sk,id_ed25519_sk}"
  - "*.{key,ppk,p12,pfx,jks,keystore,kdbx}"
  - "{key,privkey*,private*,*[-_.]key,*[-_.]private}.pem"
  - /etc/ssl/private

  # Environment files: .env and every .env.NAME, but for those that begin with exa(mple), sam(ple), tem(plate) or dis(t).
  - .env
  - .envrc
  - ".env.[!edst]*"
  - ".env.{e[!x]*,d[!i]*,s[!a]*,t[!e]*}"
  - ".env.{ex[!a]*,di[!s]*,sa[!m]*,te[!m]*}"
  - ".env.{e,d,s,t,ex,di,sa,te}"
  - ".env.*.local"
  - ".env[-_~]*"
  - "{prod,production,staging,stage,dev,development,local,secret,secrets,live}.env"

  # Clouds and clusters.
  - ~/.aws
  - ~/.azure
  - ~/.oci
  - ~/.kube
  - ~/.config/{gcloud,doctl,hcloud,scw,rclone,op}
  - ~/.docker/config.json
  - ~/.{boto,s3cfg,vault-token,terraformrc}
  - ~/.terraform.d/credentials.tfrc.json
  - "*.tfstate"
  - "*.tfstate.backup"
  - "{credentials,client_secret*,service-account*,service_account*,serviceAccount*}.json"
  - "secrets.{yml,yaml,json,toml}"
  - local.settings.json

  # Code hosts and package registries.
  - ~/.netrc
  - ~/_netrc
  - .git-credentials
  - ~/.config/git/credentials
  - ~/.config/gh/hosts.yml
  - ~/.config/glab-cli
  - ~/.npmrc
  - ~/.yarnrc.yml
  - ~/.pypirc
  - ~/.config/pip
  - ~/.cargo/credentials*
  - ~/.gem/credentials
  - ~/.m2/settings*.xml
  - ~/.gradle/gradle.properties
  - ~/.composer/auth.json
  - ~/.config/composer/auth.json
  - ~/.nuget/NuGet/NuGet.Config

  # Databases.
  - ~/.pgpass
  - ~/.my.cnf
  - ~/.mylogin.cnf
  - .htpasswd

  # Browsers and password stores.
  - ~/.mozilla
  - ~/.config/{google-chrome,google-chrome-beta,chromium,BraveSoftware,microsoft-edge,vivaldi,opera,Bitwarden,1Password,keepassxc}
  - ~/.password-store
  - ~/.local/share/{keyrings,kwalletd}
  - ~/Library/{Keychains,Cookies,Safari}
  - ~/Library/Application Support/{Google/Chrome,Firefox,BraveSoftware,Microsoft Edge,Chromium,Bitwarden,1Password}
  - ~/AppData/Local/{Google/Chrome,Microsoft/Edge,BraveSoftware}/**
  - ~/AppData/Roaming/{Mozilla,Microsoft/Credentials,Microsoft/Protect,Bitwarden}

  # Agents' own credentials.
  - ~/.claude/.credentials.json
  - ~/.codex/auth.json
  - ~/.gemini/oauth_creds.json
  - ~/.local/share/opencode/auth.json
  - ~/.config/github-copilot

  # What shells and prompts remember.
  - ~/.{bash_history,zsh_history,python_history,psql_history,mysql_history,node_repl_history}

  # The record, which is out of an agent's reach without this rule too.
  - ~/.occasio

  # The system.
  - /etc/{shadow,shadow-,gshadow,gshadow-,sudoers,sudoers.d}
  - /proc/**/{environ,mem,auxv}
  - /proc/{kcore,kmem}
  - /dev/{mem,kmem}
  - /run/secrets
  - /var/run/secrets
`;
