"""Makes trl-layouts.json: what TRL's own functions give in the layouts of its batches, and in corners that trl-objectives.json leaves out.

usage: python3 make-trl-layouts.py TRL_GIT_DIR OUT   (beside make-trl-objectives.py, whose stand-ins it takes; torch is all that is needed)
"""
import os, sys
here = os.path.dirname(os.path.abspath(__file__))
exec(open(os.path.join(here, 'make-trl-objectives.py')).read().split('def exact(v)')[0])
M = {'what': "losses that TRL's own functions gave on fixed inputs", 'trl_commit': 'f2cd57710 (2026-07-24)'}

# DPO with every switch at once, and label_smoothing where TRL does not read it
M['dpo'] = {'inputs': inputs, 'cases': [
    run_dpo({'loss_types': [form], 'beta': 0.5, 'f_divergence_type': divergence, 'label_smoothing': 0.05, 'ld_alpha': 0.3, 'use_weighting': True})
    for form, divergence in [('nca_pair', 'reverse_kl'), ('exo_pair', 'forward_kl'), ('robust', 'js_divergence'), ('discopop', 'reverse_kl'), ('apo_down', 'forward_kl'), ('sigmoid_norm', 'js_divergence')]]}

# CPO and ORPO from the tensors of a batch
take('trl/experimental/cpo/cpo_trainer.py', 'get_batch_logps', 'cpo_loss')
labels = torch.where(cmask.bool(), ids, torch.full_like(ids, -100))
batch = {'logits': L(logits), 'concatenated_input_ids': L(ids), 'concatenated_attention_mask': L(amask), 'concatenated_labels': L(labels)}
cases = []
for form, alpha in [('sigmoid', 0.0), ('hinge', 0.0), ('ipo', 0.0), ('simpo', 0.0), ('simpo', 0.25)]:
    leaf = logits.clone().requires_grad_()
    config = dict(loss_type=form, beta=0.4, label_smoothing=0.1 if form in ('sigmoid', 'simpo') else 0.0, simpo_gamma=0.5, alpha=alpha, cpo_alpha=0.7)
    logps = ns['get_batch_logps'](leaf, labels, average_log_prob=form in ('ipo', 'simpo'))
    losses = ns['cpo_loss'](selfobj(**config), logps[:2], logps[2:])[0]
    nll = F.cross_entropy(leaf[:2, :-1].reshape(-1, V), labels[:2, 1:].reshape(-1))
    loss = losses.mean() + 0.7 * nll; loss.backward()
    cases.append({'config': config, 'loss': loss.item(), 'losses': L(losses), 'grad_logits_l2': leaf.grad.norm().item(), 'metrics': {'nll_loss': nll.item(), 'logits/chosen': leaf[:2].mean().item()}})
M['cpo'] = {'inputs': batch, 'cases': cases}
take('trl/experimental/orpo/orpo_trainer.py', 'get_batch_logps', 'odds_ratio_loss')
leaf = logits.clone().requires_grad_(); logps = ns['get_batch_logps'](leaf, labels, average_log_prob=True)
losses = ns['odds_ratio_loss'](selfobj(beta=0.2), logps[:2], logps[2:])[0]
whole = torch.where(amask == 1, ids, torch.full_like(ids, -100))
nll = F.cross_entropy(leaf[:2, :-1].reshape(-1, V), whole[:2, 1:].reshape(-1)); loss = nll - losses.mean(); loss.backward()
M['orpo'] = {'inputs': batch, 'cases': [{'dtype': 'float32', 'config': {'beta': 0.2}, 'loss': loss.item(), 'grad_logits_l2': leaf.grad.norm().item(), 'metrics': {'nll_loss': nll.item()}}]}

# TPO
take('trl/experimental/tpo/tpo_trainer.py', '_compute_loss'); tpo = ns['_compute_loss']
logits3 = randn(6, T, V, dtype=D); ids3 = torch.randint(0, V, (6, T)); mask3 = torch.cat([cmask, cmask[:2]]); cases = []
for form, alpha in [('sigmoid', 1.0), ('hinge', 0.5), ('ipo', 0.0), ('tpo-l', 1.0), ('tpo-l', 0.0)]:
    n = 6 if alpha else 4
    leaf = logits3[:n].clone().requires_grad_(); config = dict(loss_type=form, beta=0.3, label_smoothing=0.1 if form in ('sigmoid', 'tpo-l') else 0.0, tpo_alpha=alpha, tpo_l_gamma=0.5)
    given = {'input_ids': ids3[:n], 'completion_mask': mask3[:n], 'attention_mask': mask3[:n]}
    state = selfobj(**config)
    loss = tpo(state, lambda **k: types.SimpleNamespace(logits=leaf), given, False); loss.backward()
    cases.append({'inputs': {'logits': L(logits3[:n]), **{k: L(v) for k, v in given.items()}}, 'config': config, 'loss': loss.item(), 'grad_logits_l2': leaf.grad.norm().item(), 'metrics': {k: v[-1] for k, v in state._metrics['eval'].items() if k != 'num_tokens'}})
M['tpo'] = {'cases': cases}

# BCO with the density ratio
take('trl/experimental/bco/bco_trainer.py', '_get_udm_weight', 'bco_loss')
probability = rand(4, dtype=D)
state = selfobj(beta=0.3, running=RM(Acc()), match_underlying_distribution=True, args=types.SimpleNamespace(min_density_ratio=0.5, max_density_ratio=2.0))
state._get_chosen_prob = lambda p: p; state._get_udm_weight = lambda p: ns['_get_udm_weight'](state, p)
a = pc.clone().requires_grad_(); b = pr.clone().requires_grad_()
losses, _, _, delta = ns['bco_loss'](state, a, b, rc, rr_, None, probability, True); losses.nanmean().backward()
M['bco'] = {'inputs': {**R['bco']['inputs'], 'prob_desirable': L(probability)}, 'cases': [{'config': dict(beta=0.3, match_underlying_distribution=True, min_density_ratio=0.5, max_density_ratio=2.0), 'loss': losses.nanmean().item(), 'losses': L(losses), 'delta': delta.item(), 'grads': grads(policy_chosen_logps=a, policy_rejected_logps=b)}]}

# GRPO: tools, another sampler, entropy bonus under accumulation, advantages of tokens, GSPO-token
tools = (torch.rand(B, RR) > 0.2).long(); sampler = torch.exp(0.2 * randn(B, RR, dtype=D)); sampled = rounded(lp + 0.3 * randn(B, RR, dtype=D))
base = {'advantages': adv, 'completion_mask': mk, 'old_per_token_logps': old, 'ref_per_token_logps': rf, 'num_items_in_batch': torch.tensor(37)}
cases = []
def run_more(function, more=None, train=False, **o):
    config = dict(loss_type='grpo', beta=0.04, epsilon=0.2, epsilon_high=None, delta=None, importance_sampling_level='token', max_completion_length=16, top_entropy_quantile=1.0, off_policy_mask_threshold=None, use_bias_correction_kl=False, entropy_coef=0.0, current_gradient_accumulation_steps=1); config.update(o)
    leaf = lp.clone().requires_grad_(); given = {**base, **(more or {})}
    args = types.SimpleNamespace(delta=config['delta'], use_bias_correction_kl=config['use_bias_correction_kl'], sapo_temperature_pos=1.0, sapo_temperature_neg=1.05, vespo_k_pos=2.0, vespo_lambda_pos=3.0, vespo_k_neg=3.0, vespo_lambda_neg=2.0)
    state = selfobj(args=args, epsilon_low=config['epsilon'], use_vllm='importance_sampling_ratio' in given, vllm_importance_sampling_correction=True, _entropy_bonus_enabled=config['entropy_coef'] != 0, use_adaptive_entropy=False,
        **{k: config[k] for k in ('loss_type', 'beta', 'importance_sampling_level', 'max_completion_length', 'top_entropy_quantile', 'off_policy_mask_threshold', 'entropy_coef', 'current_gradient_accumulation_steps')}, epsilon_high=config['epsilon_high'] or config['epsilon'])
    state.model = types.SimpleNamespace(training=train)
    state._get_per_token_logps_and_entropies = lambda *a, **k: (leaf, ent, None)
    state.get_off_policy_mask = ns['get_off_policy_mask']; state.get_gamma_weights = ns['get_gamma_weights']; state.get_high_entropy_mask = lambda *a: ns['get_high_entropy_mask'](state, *a)
    ones = torch.ones(B, 2).long()
    loss = function(state, None, {**given, 'prompt_ids': ones, 'prompt_mask': ones, 'completion_ids': torch.zeros(B, RR).long()}); loss.backward()
    cases.append({'inputs': {k: L(v) for k, v in (more or {}).items()}, 'config': config, 'loss': loss.item(), 'grads': grads(per_token_logps=leaf), 'metrics': {k: v[-1] for k, v in state._metrics['train' if train else 'eval'].items() if k != 'entropy_coef'}})
run_more(grpo_fn, {'tool_mask': tools})
run_more(grpo_fn, {'importance_sampling_ratio': sampler}, loss_type='dapo')
run_more(grpo_fn, {'importance_sampling_ratio': sampler}, loss_type='vespo')
run_more(grpo_fn, train=True, entropy_coef=0.01, current_gradient_accumulation_steps=4, top_entropy_quantile=0.8)
run_more(grpo_fn, train=True, loss_type='dapo', entropy_coef=0.01, current_gradient_accumulation_steps=4)
run_more(grpo_fn, {'advantages': randn(B, RR, dtype=D)}, off_policy_mask_threshold=0.1, use_bias_correction_kl=True)
run_more(grpo_fn, {'sampling_per_token_logps': sampled}, loss_type='cispo', off_policy_mask_threshold=0.1, top_entropy_quantile=0.2)
take('trl/experimental/gspo_token/grpo_trainer.py', '_compute_loss')
run_more(ns['_compute_loss'], importance_sampling_level='sequence_token', delta=1.3)
M['grpo'] = {'inputs': {'per_token_logps': L(lp), 'entropies': L(ent), **{k: L(v) for k, v in base.items()}}, 'cases': cases}

# PPO's loss from logits (the statements of the trainer)
lg = randn(3, 4, 5, dtype=D); responses = torch.randint(0, 5, (3, 4))
outside = torch.tensor([[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]).bool(); outside1 = torch.tensor([[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]).bool()
before = torch.masked_fill(-rand(3, 4, dtype=D) * 2, outside, 1.0); advantage = randn(3, 4, dtype=D); held = randn(3, 4, dtype=D); returns = randn(3, 4, dtype=D); guess = rounded(held + 0.4 * randn(3, 4, dtype=D))
masked_mean = lambda x, m: (x * m).sum() / m.sum()
leaf = lg.clone().requires_grad_(); value = guess.clone().requires_grad_()
z = leaf / (0.7 + 1e-7); new = torch.masked_fill(ns['selective_log_softmax'](z, responses), outside, 1.0); v = torch.masked_fill(value, outside1, 0)
v1 = (v - returns) ** 2; v2 = (torch.clamp(v, held - 0.2, held + 0.2) - returns) ** 2; vf = 0.5 * masked_mean(torch.max(v1, v2), ~outside1)
ratio = torch.exp(new - before); p1 = -advantage * ratio; p2 = -advantage * torch.clamp(ratio, 0.8, 1.2); pg = masked_mean(torch.max(p1, p2), ~outside)
loss = pg + 0.1 * vf; loss.backward()
entropy = torch.logsumexp(z, -1) - (torch.softmax(z, -1) * z).sum(-1)
M['ppo'] = {'inputs': {'logits': L(lg), 'mb_responses': L(responses), 'mb_logprobs': L(before), 'mb_advantage': L(advantage), 'mb_values': L(held), 'mb_return': L(returns), 'vpred': L(guess), 'padding_mask': L(outside), 'padding_mask_p1': L(outside1)},
    'cases': [{'config': dict(temperature=0.7, cliprange=0.2, cliprange_value=0.2, vf_coef=0.1), 'loss': loss.item(), 'grads': {'logits': L(leaf.grad), 'vpred': L(value.grad)},
        'metrics': dict(pg_loss=pg.item(), vf_loss=vf.item(), entropy=entropy.mean().item(), approxkl=(0.5 * ((new - before) ** 2).mean()).item(), ratio=ratio.mean().item(), pg_clipfrac=masked_mean((p2 > p1).float(), ~outside).item(), vf_clipfrac=masked_mean((v2 > v1).float(), ~outside1).item())}]}

# the KL over the whole vocabulary, as TRL 0.11's kl_penalty="full"
a = randn(2, 3, 5, dtype=D).requires_grad_(); b = randn(2, 3, 5, dtype=D); kl = F.kl_div(b.log_softmax(-1), a.log_softmax(-1), log_target=True, reduction='none').sum(-1); kl.mean().backward()
M['kl'] = {'inputs': {'logits': L(a), 'ref_logits': L(b)}, 'cases': [{'config': {'kl_penalty': 'full'}, 'loss': kl.mean().item(), 'kl': L(kl), 'grads': grads(logits=a)}]}

# advantages: the KL in RLOO's reward, several rewards with gaps
rewards = randn(B, dtype=D); shaped = (rewards.clamp(-1, 1) - 0.05 * ((old - rf) * mk).sum(-1)).view(-1, 2)
M['rloo_advantages'] = {'inputs': {'rewards': L(rewards), 'old_per_token_logps': L(old), 'ref_per_token_logps': L(rf), 'completion_mask': L(mk)},
    'cases': [{'config': dict(beta=0.05, num_generations=2, reward_clip_range=[-1, 1], normalize_advantages=False), 'advantages': L((shaped - (shaped.sum(1, keepdim=True) - shaped)).view(-1))}]}
several = randn(8, 3, dtype=D); several[1] = float('nan'); several[4, 2] = float('nan'); weights = torch.tensor([1.0, 0.5, 2.0]); cases = []
unscored = torch.isnan(several).all(1); summed = (several * weights).nansum(1); summed[unscored] = float('nan')
for scale in ('group', 'batch', 'none'):
    found = summed - torch.nanmean(summed.view(-1, 4), 1).repeat_interleave(4)
    if scale != 'none':
        found = found / ((nanstd(summed.view(-1, 4), dim=1).repeat_interleave(4) if scale == 'group' else nanstd(summed).expand_as(summed)) + 1e-4)
    cases.append({'config': dict(num_generations=4, scale_rewards=scale, reward_weights=[1, 0.5, 2]), 'advantages': L(torch.nan_to_num(found, nan=0.0)), 'metrics': {'reward': torch.nanmean(summed).item()}})
groups = several.view(-1, 4, 3); each = ((groups - torch.nanmean(groups, dim=1, keepdim=True)) / (nanstd(groups, dim=1, keepdim=True) + 1e-4)).view(-1, 3)
total = (each * weights).nansum(1); total[unscored] = float('nan')
cases.append({'config': dict(num_generations=4, reward_weights=[1, 0.5, 2], multi_objective_aggregation='normalize_then_sum'), 'advantages': L(torch.nan_to_num((total - torch.nanmean(total)) / (nanstd(total) + 1e-4), nan=0.0))})
M['group_advantages'] = {'inputs': {'rewards_per_func': L(several)}, 'cases': cases}

def exact(v):
    if isinstance(v, dict): return {k: exact(x) for k, x in v.items()}
    if isinstance(v, list): return [exact(x) for x in v]
    return int(v) if isinstance(v, float) and v == v and v == int(v) and abs(v) < 1e6 else v
json.dump(exact(M), open(out, 'w'), separators=(',', ':'))
