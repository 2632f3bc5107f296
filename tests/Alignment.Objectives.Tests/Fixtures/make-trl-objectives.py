"""Makes trl-objectives.json: what TRL's own functions give on fixed inputs.

usage: python3 make-trl-objectives.py TRL_GIT_DIR OUT   (a clone of huggingface/trl; torch is all that is needed)

The functions are taken out of TRL's source and run with stand-ins for the trainer around them. Inputs are rounded, so that the file is small.
"""
import ast, json, math, subprocess, sys, textwrap, types
import torch, torch.nn.functional as F
from contextlib import nullcontext
repo, out = sys.argv[1], sys.argv[2]
torch.manual_seed(20); D=torch.float64
src=lambda f: subprocess.check_output(['git','-C',repo,'show','HEAD:'+f],text=True)
ns=dict(torch=torch,F=F,math=math,nn=torch.nn,nullcontext=nullcontext,Any=None,is_peft_model=lambda m: False,
  disable_gradient_checkpointing=lambda *a: nullcontext(), profiling_decorator=lambda f:f, is_torch_xla_available=lambda: False)
def take(f,*names):
    t=ast.parse(src(f)); text=src(f)
    for n in ast.walk(t):
        if isinstance(n,(ast.FunctionDef,)) and n.name in names:
            n.decorator_list=[d for d in n.decorator_list if 'no_grad' in ast.unparse(d)]
            n.returns=None
            for a in n.args.args+n.args.kwonlyargs: a.annotation=None
            exec(compile(ast.Module([n],[]),f,'exec'),ns)
        if isinstance(n,ast.ClassDef) and n.name in names:
            from dataclasses import dataclass; ns['dataclass']=dataclass; ns['Accelerator']=object
            exec(compile(ast.Module([n],[]),f,'exec'),ns)
    return [ns[x] for x in names]
take('trl/trainer/utils.py','selective_log_softmax','entropy_from_logits','nanstd','nanmin','nanmax')
class Acc:
    device='cpu'; num_processes=1; process_index=0; sync_gradients=True; use_distributed=False
    def gather(self,x): return x
    gather_for_metrics=gather
    def reduce(self,x,reduction=None): return x
    def pad_across_processes(self,x,**k): return x
    def unwrap_model(self,m): return m
from collections import defaultdict
def selfobj(**k):
    s=types.SimpleNamespace(accelerator=Acc(),_metrics=defaultdict(lambda: defaultdict(list)),aux_loss_enabled=False,_total_train_tokens=0,model=types.SimpleNamespace(training=False),**k)
    return s
R={'what':"losses that TRL's own functions gave on fixed inputs",'trl_commit':'f2cd57710 (2026-07-24)'}
L=lambda t: t.detach().tolist()
def grads(**k): return {n: L(t.grad) for n,t in k.items() if t.grad is not None}
# ---- DPO family from logits
S,T,V=4,5,4
rounded=lambda t: torch.round(t*100)/100
randn=lambda *a,**k: rounded(torch.randn(*a,**k)); rand=lambda *a,**k: rounded(torch.rand(*a,**k))
logits=randn(S,T,V,dtype=D); ref=rounded(logits+0.5*randn(S,T,V,dtype=D))
ids=torch.randint(0,V,(S,T)); start=torch.tensor([2,1,1,3]); length=torch.tensor([3,2,4,2])
pos=torch.arange(T)
cmask=((pos>=start[:,None])&(pos<(start+length)[:,None])).long(); amask=(pos<(start+length)[:,None]).long()
inputs={'logits':L(logits),'ref_logits':L(ref),'input_ids':L(ids),'completion_mask':L(cmask),'attention_mask':L(amask),'layout':'first half chosen'}
(dpo,)=take('trl/trainer/dpo_trainer.py','_compute_loss'); dpo_loss=dpo
def run_dpo(cfg):
    leaf=logits.clone().requires_grad_()
    c=dict(loss_types=['sigmoid'],loss_weights=None,beta=0.1,label_smoothing=0.0,f_divergence_type='reverse_kl',f_alpha_divergence_coef=0.5,ld_alpha=None,use_weighting=False,discopop_tau=0.05); c.update(cfg)
    a=dict(c); a['loss_weights']=a['loss_weights'] or [1.0]*len(a['loss_types'])
    tau=a.pop('discopop_tau')
    s=selfobj(**a,precompute_ref_logps=False,ref_model=lambda **k: types.SimpleNamespace(logits=ref),args=types.SimpleNamespace(discopop_tau=tau,gradient_checkpointing_kwargs=None,gradient_checkpointing=False))
    model=lambda **k: types.SimpleNamespace(logits=leaf)
    s.model=types.SimpleNamespace(training=False); s.is_liger=False
    loss=dpo_loss(s,model,{'input_ids':ids,'completion_mask':cmask,'attention_mask':amask},False)
    loss.backward()
    m={k:v[-1] for k,v in s._metrics['eval'].items() if k!='num_tokens'}
    return {'config':c,'loss':loss.item(),'grad_logits_l2':leaf.grad.norm().item(),'metrics':m}
class FD(dict): pass
cases=[]
for lt in ['sigmoid','hinge','ipo','nca_pair','bco_pair','sppo_hard','aot','aot_unpaired','apo_zero','apo_down','discopop','sft','sigmoid_norm']:
    cases.append(run_dpo({'loss_types':[lt],'beta':0.3}))
for lt in ['exo_pair','robust','aot','aot_unpaired']:
    cases.append(run_dpo({'loss_types':[lt],'beta':0.5,'label_smoothing':0.1}))
for fd in ['forward_kl','js_divergence']:
    for lt in ['sigmoid','nca_pair','apo_down','sppo_hard','ipo']: cases.append(run_dpo({'loss_types':[lt],'f_divergence_type':fd,'beta':0.2}))
cases.append(run_dpo({'ld_alpha':0.4})); cases.append(run_dpo({'use_weighting':True,'loss_types':['sigmoid']}))
cases.append(run_dpo({'loss_types':['sigmoid','bco_pair','sft'],'loss_weights':[0.8,0.2,1.0]}))
R['dpo']={'inputs':inputs,'cases':cases}
# ---- CPO / ORPO / BCO functions
(cpo,)=take('trl/experimental/cpo/cpo_trainer.py','cpo_loss'); cpo_fn=cpo
ch=(-rand(5,dtype=D)*2-0.05); rj=(-rand(5,dtype=D)*2-0.05)
cs=[]
for lt in ['sigmoid','hinge','ipo','simpo']:
    for al in (0.0,0.3):
        a=ch.clone().requires_grad_(); b=rj.clone().requires_grad_()
        cfg=dict(loss_type=lt,beta=0.7,label_smoothing=0.1 if lt in('sigmoid','simpo') else 0.0,simpo_gamma=0.4,alpha=al)
        losses,cr,rr=cpo_fn(selfobj(**cfg),a,b); losses.mean().backward()
        cs.append({'config':cfg,'loss':losses.mean().item(),'losses':L(losses),'chosen_rewards':L(cr),'rejected_rewards':L(rr),'grads':grads(policy_chosen_logps=a,policy_rejected_logps=b)})
R['cpo']={'inputs':{'policy_chosen_logps':L(ch),'policy_rejected_logps':L(rj)},'cases':cs}
take('trl/experimental/orpo/orpo_trainer.py','log1mexp'); (orpo,)=take('trl/experimental/orpo/orpo_trainer.py','odds_ratio_loss')
a=ch.clone().requires_grad_(); b=rj.clone().requires_grad_()
losses,cr,rr,ratio,odds=orpo(selfobj(beta=0.2),a,b); (-losses.mean()).backward()
R['orpo']={'inputs':{'policy_chosen_logps':L(ch),'policy_rejected_logps':L(rj)},'cases':[{'dtype':'float32','config':{'beta':0.2},'loss':-losses.mean().item(),'odds_ratio_losses':L(losses),'metrics':{'log_odds_ratio':ratio.item(),'log_odds_chosen':odds.item()},'grads':grads(policy_chosen_logps=a,policy_rejected_logps=b)}]}
RM,=take('trl/experimental/bco/bco_trainer.py','RunningMoments'); (bco,)=take('trl/experimental/bco/bco_trainer.py','bco_loss')
import builtins
pc=-rand(3,dtype=D)*20; pr=-rand(4,dtype=D)*20; rc=pc+randn(3,dtype=D); rr_=pr+randn(4,dtype=D)
cs=[]; run=RM(Acc()) if True else None
for step in range(2):
    before=dict(running_mean=float(run.mean),running_var=float(run.var),running_count=float(run.count))
    a=pc.clone().requires_grad_(); b=pr.clone().requires_grad_()
    s=selfobj(beta=0.1+0.1*step,running=run,match_underlying_distribution=False)
    losses,cr,rj2,delta=bco(s,a,b,rc,rr_,None,None,True); losses.nanmean().backward()
    cs.append({'config':dict(beta=0.1+0.1*step,**before),'loss':losses.nanmean().item(),'losses':L(losses),'chosen_rewards':L(cr),'rejected_rewards':L(rj2),'delta':delta.item(),'grads':grads(policy_chosen_logps=a,policy_rejected_logps=b)})
R['bco']={'inputs':{'policy_chosen_logps':L(pc),'policy_rejected_logps':L(pr),'reference_chosen_logps':L(rc),'reference_rejected_logps':L(rr_)},'cases':cs}
# ---- KTO from logits
(kto,)=take('trl/trainer/kto_trainer.py','_compute_loss'); kto_fn=kto; (klp,)=take('trl/trainer/kto_trainer.py','_compute_kl_logps')
KL=randn(S,T,V,dtype=D); RKL=rounded(KL-0.3*randn(S,T,V,dtype=D).abs()); kids=torch.randint(0,V,(S,T)); label=torch.tensor([True,False,True,False])
cs=[]
for lt in ['kto','apo_zero_unpaired']:
    leaf=logits.clone().requires_grad_()
    cfg=dict(loss_type=lt,beta=0.2,desirable_weight=1.0,undesirable_weight=1.3)
    s=selfobj(**cfg,calculate_KL=lt=='kto',precompute_ref_logps=False,use_liger_kernel=False,args=types.SimpleNamespace(gradient_checkpointing_kwargs=None,gradient_checkpointing=False))
    m=lambda input_ids,**k: types.SimpleNamespace(logits=KL if input_ids is kids else leaf)
    s.ref_model=lambda input_ids,**k: types.SimpleNamespace(logits=RKL if input_ids is kids else ref)
    s._compute_kl_logps=lambda model,batch: ns['_compute_kl_logps'](s,model,batch)
    class MM:
        training=False
        def __call__(self,**k): return m(**k)
    s.model=MM()
    loss=kto_fn(s,s.model,{'input_ids':ids,'attention_mask':amask,'completion_mask':cmask,'KL_input_ids':kids,'KL_attention_mask':amask,'KL_completion_mask':cmask,'label':label},False)
    loss.backward()
    cs.append({'config':cfg,'loss':loss.item(),'grad_logits_l2':leaf.grad.norm().item(),'metrics':{k:v[-1] for k,v in s._metrics['eval'].items() if k!='num_tokens'}})
R['kto']={'inputs':{**{k:v for k,v in inputs.items() if k!='layout'},'KL_logits':L(KL),'ref_KL_logits':L(RKL),'KL_input_ids':L(kids),'KL_attention_mask':L(amask),'KL_completion_mask':L(cmask),'label':L(label)},'cases':cs}
# ---- GRPO
take('trl/trainer/grpo_trainer.py','get_high_entropy_mask','get_off_policy_mask','get_gamma_weights'); (g,)=take('trl/trainer/grpo_trainer.py','_compute_loss'); grpo_fn=g
B,RR=4,4
lp=-rand(B,RR,dtype=D)*2; old=rounded(lp+0.4*randn(B,RR,dtype=D)); rf=rounded(lp+0.3*randn(B,RR,dtype=D)); adv=randn(B,dtype=D); mk=(torch.arange(RR)<torch.tensor([4,3,1,2])[:,None]).long(); ent=rand(B,RR,dtype=D)
cs=[]
def run_grpo(**o):
    cfg=dict(loss_type='grpo',beta=0.04,epsilon=0.2,epsilon_high=0.28,delta=None,importance_sampling_level='token',max_completion_length=16,top_entropy_quantile=1.0,off_policy_mask_threshold=None,use_bias_correction_kl=False); cfg.update(o)
    leaf=lp.clone().requires_grad_()
    args=types.SimpleNamespace(delta=cfg['delta'],use_bias_correction_kl=cfg['use_bias_correction_kl'],sapo_temperature_pos=1.0,sapo_temperature_neg=1.05,vespo_k_pos=2.0,vespo_lambda_pos=3.0,vespo_k_neg=3.0,vespo_lambda_neg=2.0)
    s=selfobj(args=args,loss_type=cfg['loss_type'],beta=cfg['beta'],epsilon_low=cfg['epsilon'],epsilon_high=cfg['epsilon_high'],importance_sampling_level=cfg['importance_sampling_level'],max_completion_length=cfg['max_completion_length'],top_entropy_quantile=cfg['top_entropy_quantile'],off_policy_mask_threshold=cfg['off_policy_mask_threshold'],use_vllm=False,_entropy_bonus_enabled=False,current_gradient_accumulation_steps=1)
    s._get_per_token_logps_and_entropies=lambda *a,**k:(leaf,ent,None); s.get_off_policy_mask=ns['get_off_policy_mask']; s.get_gamma_weights=ns['get_gamma_weights']; s.get_high_entropy_mask=lambda *a: ns['get_high_entropy_mask'](s,*a)
    pid=torch.zeros(B,2).long()
    loss=grpo_fn(s,None,{'prompt_ids':pid,'prompt_mask':pid+1,'completion_ids':torch.zeros(B,RR).long(),'completion_mask':mk,'advantages':adv,'old_per_token_logps':old,'ref_per_token_logps':rf,'num_items_in_batch':torch.tensor(37)})
    loss.backward()
    cs.append({'config':cfg,'loss':loss.item(),'grads':grads(per_token_logps=leaf),'metrics':{k:v[-1] for k,v in s._metrics['eval'].items()}})
for lt in ['grpo','bnpo','dr_grpo','dapo','cispo','sapo','vespo']:
    run_grpo(loss_type=lt,epsilon_high=(1.1 if lt=='cispo' else 0.28))
for lt in ['grpo','luspo','dapo']: run_grpo(loss_type=lt,importance_sampling_level='sequence',beta=0.0 if lt=='luspo' else 0.04)
run_grpo(delta=1.25); run_grpo(beta=0.0); run_grpo(use_bias_correction_kl=True); run_grpo(top_entropy_quantile=0.5); run_grpo(off_policy_mask_threshold=0.05)
R['grpo']={'inputs':{'per_token_logps':L(lp),'old_per_token_logps':L(old),'ref_per_token_logps':L(rf),'advantages':L(adv),'completion_mask':L(mk),'entropies':L(ent),'num_items_in_batch':37},'cases':cs}
# ---- RLOO
(r,)=take('trl/trainer/rloo_trainer.py','_compute_loss'); cs=[]
for o in (dict(epsilon=0.2,epsilon_high=None),dict(epsilon=0.1,epsilon_high=0.3)):
    leaf=lp.clone().requires_grad_()
    s=selfobj(epsilon_low=o['epsilon'],epsilon_high=o['epsilon_high'] or o['epsilon']); s._get_per_token_logps_and_entropies=lambda *a,**k:(leaf,ent,None)
    loss=r(s,None,{'prompt_ids':pid if 'pid' in globals() else torch.zeros(B,2).long(),'prompt_mask':torch.ones(B,2).long(),'completion_ids':torch.zeros(B,RR).long(),'completion_mask':mk,'old_logps':(old*mk).sum(1),'advantages':adv}); loss.backward()
    cs.append({'config':o,'loss':loss.item(),'grads':grads(per_token_logps=leaf),'metrics':{k:v[-1] for k,v in s._metrics['eval'].items() if k!='entropy'}})
R['rloo']={'inputs':{'per_token_logps':L(lp),'old_logps':L((old*mk).sum(1)),'advantages':L(adv),'completion_mask':L(mk)},'cases':cs}
# ---- advantages (the statements of both trainers)
rew=randn(8,dtype=D)
nanstd=ns['nanstd']
def grp(G,scale):
    m=torch.nanmean(rew.view(-1,G),dim=1).repeat_interleave(G); a=rew-m
    if scale=='group': a=a/(nanstd(rew.view(-1,G),dim=1).repeat_interleave(G)+1e-4)
    if scale=='batch': a=a/(nanstd(rew).expand_as(rew)+1e-4)
    return a
R['group_advantages']={'inputs':{'rewards':L(rew)},'cases':[{'config':{'num_generations':4,'scale_rewards':s},'advantages':L(grp(4,s))} for s in('group','batch','none')]}
def loo(G,n):
    g=rew.view(-1,G); a=(g-(g.sum(1,keepdim=True)-g)/(G-1)).view(-1)
    return (a-a.mean())/(nanstd(a)+1e-4) if n else a
R['rloo_advantages']={'inputs':{'rewards':L(rew)},'cases':[{'config':{'num_generations':4,'normalize_advantages':n},'advantages':L(loo(4,n))} for n in(False,True)]}
# ---- XPO, Nash-MD, GKD
(x,)=take('trl/experimental/xpo/xpo_trainer.py','_compute_losses'); x_fn=x
mm=lp.clone()*mk; mr=-rand(B,RR,dtype=D)*mk; rrd=mr+0.2*randn(B,RR,dtype=D)*mk; rm=mm+0.2*randn(B,RR,dtype=D)*mk; cm=torch.tensor([1,0,1,0]).bool(); cs=[]
for lt in('sigmoid','ipo'):
    a=mm.clone().requires_grad_(); b=mr.clone().requires_grad_()
    loss,dl,xl=x_fn(types.SimpleNamespace(args=types.SimpleNamespace(loss_type=lt),beta=0.1,alpha=0.01),a,b,rrd,rm,cm); loss.backward()
    cs.append({'config':dict(loss_type=lt,beta=0.1,alpha=0.01),'loss':loss.item(),'dpo_losses':L(dl),'xpo_losses':L(xl),'grads':grads(model_logprobs_model_data=a,model_logprobs_ref_data=b)})
R['xpo']={'inputs':{'model_logprobs_model_data':L(mm),'model_logprobs_ref_data':L(mr),'ref_logprobs_ref_data':L(rrd),'ref_logprobs_model_data':L(rm),'chosen_mask':L(cm)},'cases':cs}
(nm,)=take('trl/experimental/nash_md/nash_md_trainer.py','_compute_losses'); a=mm.clone().requires_grad_(); p=rand(B,dtype=D)
loss,score,k=nm(types.SimpleNamespace(beta=0.1),a,rm,p); loss.backward()
R['nash_md']={'inputs':{'model_logprobs_model_data':L(mm),'ref_logprobs_model_data':L(rm),'probability':L(p)},'cases':[{'config':{'beta':0.1},'loss':loss.item(),'score':L(score),'kl_div_log':L(k),'grads':grads(model_logprobs_model_data=a)}]}
(gk,)=take('trl/experimental/gkd/gkd_trainer.py','generalized_jsd_loss'); st=randn(2,3,4,dtype=D); te=randn(2,3,4,dtype=D); lab=torch.tensor([[1,-100,2],[3,0,-100]]); cs=[]
for be in(0,0.3,1):
  for red in('batchmean','sum','mean'):
    a=st.clone().requires_grad_(); loss=gk(a,te,lab,beta=be,temperature=0.9,reduction=red); loss.backward()
    cs.append({'config':dict(beta=be,temperature=0.9,reduction=red),'loss':loss.item(),'grads':grads(student_logits=a)})
R['gkd']={'inputs':{'student_logits':L(st),'teacher_logits':L(te),'labels':L(lab)},'cases':cs}

def exact(v):
    if isinstance(v,dict): return {k:exact(x) for k,x in v.items()}
    if isinstance(v,list): return [exact(x) for x in v]
    return int(v) if isinstance(v,float) and v==int(v) and abs(v)<1e6 else v
for part in R.values():
    for k,c in enumerate(part['cases']) if isinstance(part,dict) else ():
        if k>1: c.pop('metrics',None)
R['trl_commit']='f2cd57710 (2026-07-24)'
json.dump(exact(R),open(out,'w'),separators=(',',':'))
